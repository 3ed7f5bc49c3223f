"""Prompts with a label in them, in every disguise that a text may have, and every place where a line may hold one."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Json = dict[str, Any]
COUNT: Final = 500
#: A text by its label, in the languages and disguises in which prompts arrive.
FORMS: Final[tuple[Callable[[str], str], ...]] = (
    lambda label: f"Summarise the case of patient {label} for me, please",
    lambda label: f"환자 {label}의 진료 기록을 요약해 주세요",
    lambda label: f"환자기록{label}요약해주세요",
    lambda label: f"请总结病人{label}的病历",
    lambda label: f"患者{label}の記録を要約してください",
    lambda label: f"tell-me-everything-about-the-patient-{label}-and-her-doctor",
    lambda label: f"tellMeEverythingAboutThePatient{label}AndHerDoctor",
    lambda label: f"tell_me_the_story_of_{label}_please",
    lambda label: base64.b64encode(f"the prompt of {label}, once more".encode()).decode(),
    lambda label: base64.urlsafe_b64encode(f"환자 {label}".encode()).decode().rstrip("="),
    lambda label: f"the prompt of {label}".encode().hex(),
    lambda label: quote(f"what does {label} cost?"),
    lambda label: json.dumps([{"role": "user", "content": f"who is {label}?"}]),
    lambda label: json.dumps({"messages": [{"content": label}]}),
    lambda label: f"line one\nline two of {label}\tand more",
    lambda label: f'she said "{label}" and left',
    lambda label: f"tell.me.about.{label}.now.please",
    lambda label: f"{label}? yes/no",
    lambda label: f"😀{label}",
    lambda label: "x" * 300 + label,
)
#: Keys that no list can foresee beside those that one does.
KEYS: Final = """
userPrompt systemPrompt lastUserMessage inputText outputText generation system chatHistory promptText prompt_preview
messagesJson q note comment_2 utterance userQuery x data blob field_17 rawInput llmOutput thoughts 질문
""".split()  # noqa: SIM905 - a list of quoted words is harder to read
TIME: Final = "2025-01-15T10:30:00Z"
BASES: Final[dict[str, Json]] = {
    "webhook": {"timestamp": TIME, "model": "gpt-4.1", "tokens": {"input": 1, "output": 2}, "latency_ms": 3},
    "client": {"timestamp": TIME, "model": "gpt-4.1", "request_tokens": 1, "response_tokens": 2, "response_time_ms": 3},
    "collector": {"timestamp": TIME, "request": {"model": "gpt-4.1"}, "response": {"usage": {"total_tokens": 3}}},
    "middleware": {"timestamp": TIME, "request_id": "r-1", "model": "gpt-4.1", "latency_ms": 3, "status": "success"},
    "agent": {"timestamp": TIME, "agent_id": "a", "step_name": "s", "model": "gpt-4.1", "input_tokens": 1},
    "error_event": {"timestamp": TIME, "category": "rate_limit_error", "confidence": 0.9, "error_message": "x"},
    "litellm": {"startTime": 1736937000.0, "endTime": 1736937001.0, "call_type": "acompletion", "model": "gpt-4.1",
                "response_cost": 0.1, "status": "success", "prompt_tokens": 1, "completion_tokens": 2},
}  # fmt: skip


def canaries() -> list[tuple[str, str]]:
    """500 of label and text."""
    return [(label, FORMS[number % len(FORMS)](label)) for number in range(COUNT) for label in [f"CANARY{number:03d}X"]]


def places(base: Json, text: str, key: str) -> Iterator[Json]:
    """Records that hold the text where nothing has a field for it; some are understood, some rejected."""
    yield {**base, key: text}
    yield {**base, "metadata": {key: text}}
    yield {**base, "metadata": text}
    yield {**base, "metadata": {"deep": {"er": {key: text, "n": [1, text]}}}}
    yield {**base, key: {"a": text, "0": text}}
    yield {**base, key: [text]}
    yield {**base, key: [{"w": text}, {"w": "b"}]}
    yield {**base, key: {"parts": [{"text": [text]}]}}
    yield {**base, text: 1}
    yield {**base, "metadata": {text: "a"}}
    yield {**base, "messages": [{"role": "user", "content": text}], "prompt": text, "content": text}
    yield {**base, "request": {"messages": [text], key: text}, "response": {"content": text, key: text}}
    yield {**base, "request": text, "response": text}
    yield {**base, "error": {"code": 400, "request": {"messages": [text]}, key: text}, "status": "error"}
    yield {**base, "error_message": json.dumps({"error": {"message": "bad"}, "input": text}), "status": "error"}
    yield {**base, "latency_ms": text, "response_time_ms": text, "cost_usd": text, "confidence": text}
    yield {**base, "tokens": text, "usage": text, "prompt_tokens": text, "retry_count": text}
    yield {**base, "timestamp": text, "startTime": text, key: text}
    yield {key: text, "unknown": {"shape": [text]}}
    yield {text: text}


def broken(line: str, text: str) -> Iterator[str]:
    """The line cut within the text, cut in front of it, and put together wrongly."""
    escaped = json.dumps(text, ensure_ascii=False)[1:-1]
    at = line.find(escaped)
    if at < 0:
        return
    yield line[: at + len(escaped)]
    yield line[at:]
    yield line[:at] + '"' + line[at:]
    yield line.replace(": ", " ", 1)
    yield line + line[1:]
    yield f"[{line},{line[:-1]}"


def lines(source: str, text: str, number: int) -> Iterator[str]:
    """Every line of a source that holds the text; a quarter of them, another one with each number, broken too."""
    for place, record in enumerate(places(BASES[source], text, KEYS[number % len(KEYS)])):
        line = json.dumps(record, ensure_ascii=False)
        yield line
        if (place + number) % 4 == 0:
            yield from broken(line, text)


def other_lines(text: str, key: str) -> Iterator[tuple[str, str]]:
    """Source and line of those that are no JSON of their own."""
    record = json.dumps({"level": "info", key: text}, ensure_ascii=False)
    # A message is free text, and kept; what an application prints as JSON is judged.
    yield "container", record
    yield "container", json.dumps({"log": record + "\n", "stream": "stdout", "time": TIME})
    yield "container", f"{TIME} stdout F {record[: record.rindex(text[-1])]}" if text[-1] not in '"}\\' else record
    yield "syslog", f"<134>1 {TIME} gw-1 app 1 - - {record}"
    yield "access", f"{text} {record}"
    yield "syslog", "no such line: " + text.replace("\n", " ")
    yield "-", record
    yield "-!body", f"{record}\n{record[:-1]}\n[{record}"
