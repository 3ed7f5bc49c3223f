"""Writes the sample logs of every source, and expected.yaml: what the bundle must make of them.

Everything is made up, and the same on every run. What is expected is worked out here by itself, from the table of rates
below and Decimal, so that it can judge the filter and the generator: neither is asked.

    python tests/samples/make_samples.py [FOLDER]
"""

# ruff: noqa: E501  # the lines of the document are kept verbatim, unbroken

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
D: Final = Decimal
#: USD per million tokens, input and output: before and from 2025-05-14.
RATES: Final[dict[str, tuple[tuple[Decimal, Decimal], tuple[Decimal, Decimal]]]] = {
    "gpt-4.1": ((D(8), D(8)), (D(8), D(24))),
    "claude-sonnet-4.5": ((D(15), D(15)), (D(15), D(75))),
    "gemini-2.5-flash": ((D("2.5"), D("2.5")), (D("2.5"), D(10))),
    "deepseek-v3.2": ((D("0.42"), D("0.42")), (D("0.42"), D("2.7"))),
}
SPLIT: Final = datetime(2025, 5, 14, tzinfo=UTC)
#: Names as logs have them, and the model of the table that they mean; None for one that the card does not know.
NAMES: Final[dict[str, str | None]] = {
    "gpt-4.1": "gpt-4.1",
    "gpt-4.1-2025-04-14": "gpt-4.1",
    "claude-sonnet-4.5": "claude-sonnet-4.5",
    "claude-sonnet-4-5": "claude-sonnet-4.5",
    "claude-sonnet-4-20250514": "claude-sonnet-4.5",
    "gemini-2.5-flash": "gemini-2.5-flash",
    "deepseek-v3.2": "deepseek-v3.2",
    "deepseek-chat-v3.2": "deepseek-v3.2",
    "deepseek/deepseek-chat-v3-0324": "deepseek-v3.2",
    "gpt-5.1-preview": None,
    "qwen3-max": None,
}
WEIGHTS: Final = (12, 3, 8, 4, 3, 12, 8, 4, 2, 1, 1)
FIVE: Final = (
    '{"event":"chat_completion","timestamp":"2025-01-15T10:30:00Z","model":"gpt-4.1","tokens":{"input":150,"output":320},"latency_ms":850,"cost_usd":0.00376,"status":"success","error":null}',
    '{"event":"chat_completion","timestamp":"2025-01-15T10:30:05Z","model":"deepseek-chat-v3.2","tokens":{"input":150,"output":280},"latency_ms":420,"cost_usd":0.000181,"status":"success","error":null}',
    '{"event":"chat_completion","timestamp":"2025-01-15T10:30:10Z","model":"claude-sonnet-4.5","tokens":{"input":200,"output":450},"latency_ms":1100,"cost_usd":0.00975,"status":"success","error":null}',
    '{"event":"chat_completion","timestamp":"2025-01-15T10:30:15Z","model":"gemini-2.5-flash","tokens":{"input":180,"output":300},"latency_ms":380,"cost_usd":0.0012,"status":"success","error":null}',
    '{"event":"chat_completion","timestamp":"2025-01-15T10:31:00Z","model":"gpt-4.1","tokens":{"input":500,"output":0},"latency_ms":0,"cost_usd":0,"status":"error","error":"rate_limit_exceeded"}',
)
FIVE_NANO: Final = 3_760_000 + 180_600 + 9_750_000 + 1_200_000
ENDPOINT: Final = "https://api.holysheep.ai/v1/chat/completions"
FAILURES: Final = (
    (429, "Rate limit reached for this model, please retry later"),
    (401, "Incorrect API key provided"),
    (500, "The server had an error while processing your request"),
    (503, "Service Unavailable"),
    (400, "This model's maximum context length is 128000 tokens"),
    (504, "Gateway timeout: the provider did not answer in time"),
)


@dataclass
class Call:
    """One made-up call."""

    at: datetime
    name: str
    input: int
    output: int
    ms: float
    failure: tuple[int, str] | None

    @property
    def nano(self) -> int | None:
        """Its cost in 10⁻⁹ USD; None when there is no price."""
        if self.failure:
            return 0
        model = NAMES[self.name]
        if model is None:
            return None
        rates = RATES[model][1 if self.at >= SPLIT else 0]
        pico = self.input * rates[0] * 10**6 + self.output * rates[1] * 10**6
        return int((pico / 1000).quantize(D(1), ROUND_HALF_UP))

    @property
    def usd(self) -> float:
        """What a log would report: rounded to 10⁻⁶ USD."""
        return round((self.nano or 0) / 1e9, 6)

    @property
    def iso(self) -> str:
        """UTC with milliseconds and Z."""
        return self.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class File:
    """A sample file, and what is to come of it."""

    path: str
    lines: list[str] = field(default_factory=list)
    documents: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    cost: Counter[str] = field(default_factory=Counter)
    nano: int = 0

    def add(self, line: str, *calls: Call, also: tuple[str, ...] = ()) -> None:
        """A line with its calls; `also` names the indices of further documents."""
        self.lines.append(line)
        for call in calls:
            self.documents["api"] += 1
            if call.failure:
                self.documents["errors"] += 1
            self.count(call)
        self.documents.update(also)

    def count(self, call: Call) -> None:
        """The call's cost."""
        status = "not_billed" if call.failure else "unpriced" if call.nano is None else "priced"
        self.cost[status] += 1
        self.nano += call.nano or 0

    def reject(self, line: str, reason: str) -> None:
        """A line that can't be understood."""
        self.lines.append(line)
        self.documents["rejected"] += 1
        self.rejected[reason] += 1


class Maker:
    """Makes the files, each from a chance of its own, so that a change of one leaves the others as they are."""

    def __init__(self, name: str) -> None:
        """Start a source."""
        self.chance = random.Random(f"holysheep {name}")  # noqa: S311  # reproducible, not secret

    def time(self) -> datetime:
        """A working hour between 2025-01-15 and 2026-11-18, on few days, so that few indices are made."""
        day = self.chance.choice(("2025-01-15", "2025-05-13", "2025-05-14", "2026-03-02", "2026-11-17", "2026-11-18"))
        start = datetime.fromisoformat(f"{day}T00:00:00+00:00")
        return start + timedelta(milliseconds=self.chance.randrange(86_400_000))

    def calls(self, count: int) -> list[Call]:
        """Calls in the order of time."""
        return sorted((self.call() for _ in range(count)), key=lambda call: call.at)

    def call(self) -> Call:
        """Any call."""
        failed = self.chance.random() < 0.08  # some 8 % fail
        name = self.chance.choices(list(NAMES), WEIGHTS)[0]
        ms = round(min(60_000.0, self.chance.lognormvariate(6.8, 0.8)), 2)
        tokens = (self.chance.randint(20, 6000), self.chance.randint(5, 2000))
        if failed:
            return Call(self.time(), name, 0, 0, ms, self.chance.choice(FAILURES))
        return Call(self.time(), name, *tokens, ms, None)

    def hex(self, digits: int) -> str:
        """Random hexadecimal digits."""
        return f"{self.chance.getrandbits(4 * digits):0{digits}x}"

    def uuid(self) -> str:
        """A UUID, version 4."""
        return f"{self.hex(8)}-{self.hex(4)}-4{self.hex(3)}-a{self.hex(3)}-{self.hex(12)}"


def dump(value: object) -> str:
    """JSON as Python's clients write it."""
    return json.dumps(value, ensure_ascii=False)


def webhook() -> File:
    """Export lines of the gateway."""
    maker, file = Maker("webhook"), File("webhook/export.log")
    file.lines.extend(FIVE)
    file.documents.update(api=5, errors=1)
    file.cost.update(priced=4, not_billed=1)
    file.nano += FIVE_NANO
    for call in maker.calls(60):
        line: dict[str, Any] = {
            "event": "chat_completion",
            "timestamp": call.iso,
            "model": call.name,
            "tokens": {"input": call.input, "output": call.output},
            "latency_ms": round(call.ms),
            "cost_usd": call.usd,
            "status": "error" if call.failure else "success",
            "error": call.failure[1] if call.failure else None,
        }
        if not call.failure and maker.chance.random() < 0.2:  # some use a cache
            line["tokens"] = {"input": call.input, "output": call.output, "cached": call.input // 2}
        file.add(json.dumps(line, separators=(",", ":")), call)
    file.reject(FIVE[0][:100], "invalid_json")
    file.reject('{"event":"ping","timestamp":"2026-11-17T08:00:00Z"}', "unknown_shape")
    file.reject(FIVE[2].replace("2025-01-15T10:30:10Z", "1970-01-01T00:00:10Z"), "timestamp_out_of_range")
    return file


def client() -> File:
    """Lines of the Python logging client."""
    maker, file = Maker("client"), File("client/api_requests.log")
    sessions = [maker.uuid() for _ in range(6)]
    for call in maker.calls(70):
        metadata: dict[str, Any] = {"source": maker.chance.choice(("shop-bot", "search", "batch"))}
        if maker.chance.random() < 0.5:  # half of them say who called
            metadata["client_ip"] = f"203.0.113.{maker.chance.randrange(1, 255)}"
        line = {
            "log_id": maker.uuid(),
            "timestamp": call.iso,
            "model": call.name,
            "endpoint": ENDPOINT,
            "request_tokens": call.input,
            "response_tokens": call.output,
            "total_tokens": call.input + call.output,
            "response_time_ms": call.ms,
            "status_code": call.failure[0] if call.failure else 200,
            "error_message": call.failure[1] if call.failure else None,
            "cost_usd": call.usd,
            "session_id": maker.chance.choice(sessions),
            "user_id": f"user-{maker.chance.randrange(40):03d}",
            "metadata": metadata,
        }
        file.add(dump(line), call)
    file.reject('{"log_id": "' + maker.uuid() + '", "timestamp": "2026-11-18T09:1', "invalid_json")
    file.reject("Traceback (most recent call last):", "invalid_json")
    return file


def collector() -> File:
    """Nested documents of the log collector, with its 0 prompt tokens."""
    maker, file = Maker("collector"), File("collector/collector.log")
    for call in maker.calls(50):
        line = {
            "@timestamp": call.at.replace(tzinfo=None).isoformat(),
            "service": "holysheep-gateway",
            "model": call.name,
            "request": {
                "prompt_tokens": 0,
                "messages": [{"role": "user", "content": "ELK Stack의 주요 컴포넌트를 설명해주세요."}],
                "temperature": 0.7,
                "max_tokens": 1000,
            },
            "response": {
                "completion_tokens": call.output,
                "content": "" if call.failure else "Elasticsearch, Logstash, Kibana …",
                "latency_ms": round(call.ms),
                "model_used": call.name,
            },
            "status": "error" if call.failure else "success",
            "error_message": call.failure[1] if call.failure else None,
            "total_tokens": call.input + call.output,
        }
        file.add(dump(line), call)
    file.reject('["no", "object"]', "not_an_object")
    file.documents["rejected"] += 1  # an array's elements are judged one by one
    file.rejected["not_an_object"] += 1
    return file


def middleware() -> File:
    """Metrics of the async middleware."""
    maker, file = Maker("middleware"), File("middleware/metrics.log")
    for call in maker.calls(50):
        line: dict[str, Any] = {
            "timestamp": call.at.replace(tzinfo=None).isoformat(),
            "request_id": f"req_{int(call.at.timestamp() * 1000)}",
            "model": call.name,
            "latency_ms": call.ms,
        }
        if call.failure and call.failure[0] == 504:  # a timeout is an exception there
            line = {**line, "status": "exception", "error": "ReadTimeout('')"}
            del line["latency_ms"]
        elif call.failure:
            line = {**line, "status": "error", "error_code": call.failure[0], "error_body": call.failure[1]}
        else:
            counts = {"input_tokens": call.input, "output_tokens": call.output}
            line |= {**counts, "total_tokens": call.input + call.output, "status": "success"}
            line["response_id"] = f"chatcmpl-{maker.hex(16)}"
        file.add(dump(line), call)
    file.reject("{}{", "unknown_shape")
    file.documents["rejected"] += 1  # the rest of that line
    file.rejected["invalid_json"] += 1
    return file


def agent() -> File:
    """Audit entries of agents, single and in batches."""
    maker, file = Maker("agent"), File("agent/audit.log")
    entries = []
    for call in maker.calls(48):
        trace, step = f"trace-{maker.hex(12)}", maker.chance.choice(("intent_classification", "retrieval", "reply"))
        entry = {
            "log_id": f"{trace}-{step}-{call.at.timestamp()}",
            "trace_id": trace,
            "agent_id": maker.chance.choice(("customer-support-v2", "billing-v1")),
            "timestamp": call.at.isoformat(),
            "step_name": step,
            "model": call.name,
            "input_tokens": call.input,
            "output_tokens": call.output,
            "total_tokens": call.input + call.output,
            "latency_ms": call.ms,
            "cost_usd": call.usd,
            "request_payload": '{"query": "주문 취소 요청합니다", "email": "[EMAIL_MASKED]"}',
            "response_payload": '{"intent": "cancellation", "confidence": 0.97}',
            "error": call.failure[1] if call.failure else None,
            "metadata": {"user_id": f"usr-{maker.chance.randrange(900)}", "session_id": f"sess-{maker.hex(6)}"},
        }
        entries.append((call, entry))
    for call, entry in entries[:30]:
        file.add(dump(entry), call, also=("audit",))
    for start in range(30, 48, 6):
        batch = entries[start : start + 6]
        logs = [entry for _, entry in batch]
        line = dump({"logs": logs, "batch_timestamp": logs[-1]["timestamp"]})
        file.add(line, *(call for call, _ in batch), also=("audit",) * len(batch))
    file.reject('{"logs": [], "batch_timestamp": "2026-11-18T10:00:00+00:00"}', "not_an_object")
    return file


def error_event() -> File:
    """Errors that a classifier has judged."""
    maker, file = Maker("error_event"), File("errors/classified.log")
    kinds = (
        ("rate_limit_error", "Rate limit reached", "잠시 후 다시 시도하세요"),
        ("token_limit_error", "maximum context length exceeded", "프롬프트를 줄이세요"),
        ("api_connection_error", "Connection reset by peer", "네트워크를 확인하세요"),
        ("authentication_error", "401 Unauthorized", "API 키를 확인하세요"),
        ("response_quality_error", "Expecting value: line 1 column 1", "출력 형식을 지정하세요"),
        ("unknown_error", "boom", "분류 실패: timeout"),
    )
    for at in sorted(maker.time() for _ in range(45)):
        category, message, suggestion = maker.chance.choice(kinds)
        line = {
            "timestamp": at.isoformat(),
            "event_id": maker.hex(32),
            "error_message": message,
            "category": category,
            "confidence": round(maker.chance.uniform(0.4, 1), 2),
            "suggestion": suggestion,
            "model_used": "deepseek/deepseek-chat-v3-0324",
            "environment": "production",
            "context": {"llm_response": "…", "request_metadata": {"model": "gpt-4.1", "prompt_length": 120}},
        }
        file.add(dump(line), also=("errors",))
    file.reject('{"timestamp": "2026-11-18T10:00:00Z", "category": "rate_limit_error", "confid', "invalid_json")
    return file


def access() -> File:
    """Access lines of nginx and Apache."""
    maker, file = Maker("access"), File("access/access.log")
    for at in sorted(maker.time() for _ in range(70)):
        status = maker.chance.choices((200, 401, 429, 502), (60, 2, 5, 3))[0]
        when = at.strftime("%d/%b/%Y:%H:%M:%S +0000")
        head = f"203.0.113.{maker.chance.randrange(1, 255)} - - [{when}]"
        request = maker.chance.choice(("POST /v1/chat/completions", "POST /v1/embeddings", "GET /v1/models?limit=20"))
        line = f'{head} "{request} HTTP/1.1" {status} {maker.chance.randrange(100, 9000)} "-" "python-httpx/0.27"'
        tail = maker.chance.choice(("", f" rt={maker.chance.random() * 4:.3f}", ' "198.51.100.4"'))
        vhost = maker.chance.choice(("", "", "api.holysheep.ai:443 "))
        file.add(vhost + line + tail, also=("access",))
    file.reject('203.0.113.7 - - [15/Jan/2025:10:30:00 +0000] "POST /v1/chat', "not_an_access_line")
    file.reject("nginx: the configuration file /etc/nginx/nginx.conf syntax is ok", "not_an_access_line")
    return file


def syslog() -> File:
    """System log of the gateway's host."""
    maker, file = Maker("syslog"), File("syslog/syslog.log")
    said = (
        ("systemd", 1, "Started Daily apt upgrade and clean activities."),
        ("holysheep-gateway", 812, "upstream openai: 3 of 3 healthy"),
        ("holysheep-gateway", 812, "rate limit of claude-sonnet-4.5 at 92 %"),
        ("sshd", 4021, "Accepted publickey for ops from 198.51.100.7 port 50122 ssh2"),
    )
    for at in sorted(maker.time() for _ in range(50)):
        program, pid, text = maker.chance.choice(said)
        if maker.chance.random() < 0.5:  # both forms
            line = f"{at.isoformat(timespec='microseconds')} gw-1 {program}[{pid}]: {text}"
        else:
            line = f"<134>1 {at.isoformat(timespec='milliseconds')} gw-1 {program} {pid} - - {text}"
        file.add(line, also=("system",))
    file.reject("-- MARK --", "not_a_syslog_line")
    return file


def container() -> File:
    """Output of containers, as Docker's json-file driver and CRI write it."""
    maker, file = Maker("container"), File("container/app.log")
    texts = (
        "INFO server started on :8080",
        "WARNING queue is long: 12",
        "[2026-11-17 10:30:00 +0000] [7] [INFO] Booting worker",
        '{"level":"info","msg":"cache warmed"}',
        'Traceback (most recent call last):\n  File "/app/main.py", line 7, in <module>\nValueError: no key',
    )
    for number, call in enumerate(maker.calls(48)):
        stamp = call.at.strftime("%Y-%m-%dT%H:%M:%S.%f") + "789Z"
        text = maker.chance.choice(texts)
        calls: tuple[Call, ...] = ()
        if number % 3 == 0 and not call.failure:
            entry = {"log_id": maker.uuid(), "timestamp": call.iso, "model": call.name, "status_code": 200}
            counts = {"request_tokens": call.input, "response_tokens": call.output, "response_time_ms": call.ms}
            text, calls = dump(entry | counts), (call,)
        if number % 2 or "\n" in text:
            line = json.dumps({"log": text + "\n", "stream": "stdout", "time": stamp}, ensure_ascii=False)
            line = line.replace('": "', '":"').replace('", "stream', '","stream').replace('", "time', '","time')
        else:
            line = f"{stamp} stdout F {text}"
        file.add(line, *calls, also=() if calls else ("system",))
    return file


def litellm() -> File:
    """LiteLLM's standard logging payloads."""
    maker, file = Maker("litellm"), File("litellm/standard.log")
    for call in maker.calls(50):
        cached = call.input // 3 if maker.chance.random() < 0.3 else 0  # some use a cache
        started = call.at.timestamp()
        usage = {"prompt_tokens": call.input, "completion_tokens": call.output}
        line = {
            "id": f"chatcmpl-{maker.uuid()}",
            "trace_id": maker.uuid(),
            "call_type": "acompletion",
            "stream": False,
            "status": "failure" if call.failure else "success",
            "custom_llm_provider": "openai",
            **usage,
            "total_tokens": call.input + call.output,
            "response_cost": call.usd,
            "startTime": started,
            "endTime": round(started + call.ms / 1000, 3),
            "model": call.name,
            "cache_hit": None,
            "end_user": "",
            "metadata": {
                "user_api_key_alias": "shop-bot",
                "user_api_key_team_alias": maker.chance.choice(("search", "support")),
                "usage_object": {**usage, "prompt_tokens_details": {"cached_tokens": cached}},
            },
            "messages": [{"role": "user", "content": "안녕하세요"}],
            "response": {"choices": [{"message": {"content": "네"}}]},
            "error_str": call.failure[1] if call.failure else None,
            "error_information": {"error_code": str(call.failure[0]) if call.failure else "", "error_class": ""},
            "model_parameters": {"temperature": 0.2},
        }
        file.add(dump(line), call)
    file.reject(
        '{"id": "chatcmpl-1", "call_type": "acompletion", "startTime": "not a time", "model": "gpt-4.1"}',
        "timestamp_invalid",
    )
    return file


HEAD: Final = """\
# Written by make_samples.py, like the logs beside it: what the bundle makes of each file. `total_nano` is 10⁻⁹ USD at
# the rates of the shipped pricing.yaml; `calls` counts the calls by how they were priced.
"""
SOURCES: Final = (webhook, client, collector, middleware, agent, error_event, access, syslog, container, litellm)


def expected(files: dict[str, File]) -> str:
    """expected.yaml."""
    parts = [HEAD]
    for source, file in files.items():
        parts.append(f"{file.path}:\n  source: {source}\n  lines: {len(file.lines)}\n")
        for name in ("documents", "rejected", "cost"):
            counts = {key: count for key, count in sorted(getattr(file, name).items()) if count}
            label = {"cost": "calls"}.get(name, name)
            parts.append(f"  {label}: {json.dumps(counts)}\n")
        parts.append(f"  total_nano: {file.nano}\n")
    return "".join(parts)


def make() -> dict[str, str]:
    """Path and text of every file."""
    files = {make.__name__: make() for make in SOURCES}
    texts = {file.path: "".join(f"{line}\n" for line in file.lines) for file in files.values()}
    return {**texts, "expected.yaml": expected(files)}


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    for path, text in make().items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_text(text, encoding="utf-8", newline="\n")
