"""Sample files of the sources that write JSON."""

from __future__ import annotations

import json
from typing import Any

from tests.samples.calls import ENDPOINT, FIVE, FIVE_NANO, File, Maker, dump


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
