"""Log lines of every main source, in the shapes that the documents and LiteLLM's docs give them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from tests.bench.traffic import RATES, Call, Traffic

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Json = dict[str, Any]
SEED: Final = 7
ENDPOINT: Final = "https://api.holysheep.ai/v1/chat/completions"
STEPS: Final = ("intent_classification", "retrieval", "planning", "tool_call", "answer")
AGENTS: Final = ("customer-support-v2", "order-desk", "research-bot")
BROWSERS: Final = ("python-httpx/0.27.0", "openai-python/1.52.0", "Mozilla/5.0 (X11; Linux x86_64) curl/8.5")


def webhook(call: Call, _: Traffic) -> str:
    """The gateway's export line; it has no id."""
    line = {
        "event": "chat_completion",
        "timestamp": call.moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "model": call.model,
        "tokens": {"input": call.input, "output": call.output},
        "latency_ms": round(call.ms),
        "cost_usd": call.cost,
        "status": "error" if call.error else "success",
        "error": call.error,
    }
    return json.dumps(line, separators=(",", ":"))


def client(call: Call, _: Traffic) -> str:
    """A line of the Python logging client."""
    return json.dumps(
        {
            "log_id": call.id,
            "timestamp": call.moment.isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "model": call.model,
            "endpoint": ENDPOINT,
            "request_tokens": call.input,
            "response_tokens": call.output,
            "total_tokens": call.input + call.output,
            "response_time_ms": call.ms,
            "status_code": call.status,
            "error_message": call.error,
            "cost_usd": call.cost,
            "session_id": call.session,
            "user_id": call.user,
            "metadata": {},
        }
    )


def collector(call: Call, traffic: Traffic) -> str:
    """A nested document of the log collector, with the texts that the filter drops."""
    question, answer = traffic.text(40), "" if call.error else traffic.text(60)
    return json.dumps(
        {
            "@timestamp": call.moment.isoformat(timespec="microseconds").removesuffix("+00:00"),
            "service": "holysheep-gateway",
            "model": call.model,
            "request": {
                "prompt_tokens": call.input,
                "messages": [{"role": "user", "content": question}],
                "temperature": 0.7,
                "max_tokens": 1000,
            },
            "response": {
                "completion_tokens": call.output,
                "content": answer,
                "latency_ms": round(call.ms),
                "model_used": call.model,
            },
            "status": "error" if call.error else "success",
            "error_message": call.error,
            "total_tokens": call.input + call.output,
        }
    )


def middleware(call: Call, traffic: Traffic) -> str:
    """A metric of the async middleware; a failure has other keys than a success."""
    line: Json = {
        "timestamp": call.moment.isoformat(timespec="microseconds").removesuffix("+00:00"),
        "request_id": f"req_{int(call.at * 1000)}",
        "model": call.model,
        "latency_ms": call.ms,
    }
    if call.error:
        line |= {"status": "error", "error_code": call.status, "error_body": call.error}
    else:
        total = call.input + call.output
        line |= {"input_tokens": call.input, "output_tokens": call.output, "total_tokens": total, "status": "success"}
        line["response_id"] = f"chatcmpl-{traffic.hex(24)}"
    return json.dumps(line)


def agent(call: Call, traffic: Traffic) -> str:
    """An audit entry of an agent's step, with its payloads: one document in `api`, one in `audit`."""
    step = STEPS[call.number % len(STEPS)]
    trace = f"trace-{call.id}"
    return json.dumps(
        {
            "log_id": f"{trace}-{step}-{call.at:.6f}",
            "trace_id": trace,
            "agent_id": AGENTS[call.number % len(AGENTS)],
            "timestamp": call.moment.isoformat(timespec="microseconds"),
            "step_name": step,
            "model": call.model,
            "input_tokens": call.input,
            "output_tokens": call.output,
            "total_tokens": call.input + call.output,
            "latency_ms": call.ms,
            "cost_usd": call.cost,
            "request_payload": json.dumps({"query": traffic.text(25)}),
            "response_payload": json.dumps({"answer": "" if call.error else traffic.text(25), "confidence": 0.97}),
            "error": call.error,
            "metadata": {"user_id": call.user, "session_id": call.session},
        }
    )


def litellm(call: Call, traffic: Traffic) -> str:
    """LiteLLM's StandardLoggingPayload."""
    answer_id = f"chatcmpl-{traffic.hex(24)}"
    usage = {"prompt_tokens": call.input, "completion_tokens": call.output, "total_tokens": call.input + call.output}
    cached = {"prompt_tokens_details": {"cached_tokens": call.input // 2}} if call.number % 3 == 0 else {}
    response: Json | None = None
    if not call.error:
        message = {"role": "assistant", "content": traffic.text(40)}
        choices = [{"index": 0, "finish_reason": "stop", "message": message}]
        response = {"id": answer_id, "object": "chat.completion", "choices": choices, "usage": usage}
    line: Json = {
        "id": answer_id,
        "trace_id": call.id,
        "call_type": "acompletion",
        "cache_hit": None,
        "stream": False,
        "status": "failure" if call.error else "success",
        "custom_llm_provider": call.provider,
        "saved_cache_cost": 0.0,
        "startTime": round(call.at, 6),
        "endTime": round(call.at + call.ms / 1000, 6),
        "completionStartTime": round(call.at + call.ms / 1000, 6),
        "response_time": round(call.ms / 1000, 6),
        "model": call.model,
        "metadata": {
            "user_api_key_hash": traffic.hex(64),
            "user_api_key_alias": "shop-bot",
            "user_api_key_team_id": "team-7",
            "user_api_key_team_alias": "search",
            "user_api_key_user_id": call.user,
            "requester_ip_address": f"10.1.{call.number % 250}.{call.number % 199}",
            "usage_object": {**usage, **cached},
        },
        "cache_key": None,
        "response_cost": call.cost,
        **usage,
        "request_tags": [],
        "end_user": call.user,
        "api_base": "https://api.holysheep.ai/v1/",
        "model_group": call.model,
        "model_id": traffic.hex(64),
        "messages": [{"role": "user", "content": traffic.text(40)}],
        "response": response,
        "model_parameters": {"temperature": 0.2, "max_tokens": 1500},
        "error_str": call.error,
        "hidden_params": {"litellm_overhead_time_ms": 2.1, "response_cost": call.cost},
    }
    if call.error:
        line["error_information"] = {"error_code": str(call.status), "error_class": "APIError"}
    return json.dumps(line)


def access(call: Call, traffic: Traffic) -> str:
    """The combined format of nginx and Apache."""
    address = f"203.0.113.{call.number % 254}"
    size = traffic.random.randint(200, 9000)
    return (
        f'{address} - - [{call.moment:%d/%b/%Y:%H:%M:%S} +0000] "POST /v1/chat/completions?n={call.number} HTTP/1.1" '
        f'{call.status} {size} "-" "{BROWSERS[call.number % len(BROWSERS)]}"'
    )


SOURCES: Final[dict[str, Callable[[Call, Traffic], str]]] = {
    "webhook": webhook,
    "client": client,
    "collector": collector,
    "middleware": middleware,
    "agent": agent,
    "litellm": litellm,
    "access": access,
}


def write(path: Path, source: str, count: int, models: tuple[str, ...] = tuple(RATES)) -> int:
    """`count` distinct lines of a source into a file; returns the bytes. The same arguments give the same bytes."""
    traffic = Traffic(SEED, models, max(count, 1))
    make = SOURCES[source]
    size = 0
    with path.open("wb") as file:
        for _ in range(count):
            size += file.write(make(traffic.call(), traffic).encode() + b"\n")
    return size
