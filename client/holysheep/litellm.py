"""A callback for LiteLLM: each call that it makes is a line.

    litellm.callbacks = [holysheep.litellm.callback()]

LiteLLM retries by itself and tells of the last try; its own cost is not used, nor its own count of tokens: a stream
must be asked for its usage, `stream_options={"include_usage": True}`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from holysheep.default import log as default_log

if TYPE_CHECKING:
    from datetime import datetime

    from holysheep.attempt import Log


def record_of(kwargs: dict[str, Any], response: Any, start: datetime, end: datetime) -> dict[str, Any]:  # noqa: ANN401
    """What `log()` is told, by LiteLLM's arguments of a callback."""
    payload: dict[str, Any] = kwargs.get("standard_logging_object") or {}
    metadata = payload.get("metadata") or {}
    first = kwargs.get("completion_start_time")
    usage = getattr(response, "usage", None)
    asked = (kwargs.get("stream_options") or {}).get("include_usage")
    if kwargs.get("stream") and not asked and getattr(usage, "prompt_tokens_details", None) is None:
        # Counted by LiteLLM, with a tokenizer of its own, where the API told nothing.
        usage = None
    record: dict[str, Any] = {
        "log_id": payload.get("id") or kwargs.get("litellm_call_id"),
        "model": kwargs.get("model"), "response_model": getattr(response, "model", None),
        "provider": payload.get("custom_llm_provider") or kwargs.get("custom_llm_provider"),
        "operation": payload.get("call_type"), "endpoint": payload.get("api_base"), "usage": usage or {},
        "started_ns": int(start.timestamp() * 1e9), "latency_ms": (end - start).total_seconds() * 1000,
        "stream": kwargs.get("stream") or None, "response_id": getattr(response, "id", None),
        "user_id": kwargs.get("user"), "team": metadata.get("user_api_key_team_alias"),
        "trace_id": payload.get("trace_id"),
    }  # fmt: skip
    if first is not None and record["stream"]:
        record["time_to_first_token_ms"] = (first - start).total_seconds() * 1000
    error = kwargs.get("exception")
    if error is not None:
        record.update(error=error, status_code=getattr(error, "status_code", None))
    return record


def callback(log: Log | None = None) -> Any:  # noqa: ANN401  # a CustomLogger
    """For `litellm.callbacks`. Raises ImportError where LiteLLM is missing."""
    from litellm.integrations.custom_logger import CustomLogger  # noqa: PLC0415  # an optional package

    write = log or default_log

    class Callback(CustomLogger):  # type: ignore[misc]  # LiteLLM need not be installed for the type check
        """Sync and async calls, good and failed."""

        def log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:  # noqa: ANN401
            """LiteLLM's hook."""
            write(**record_of(kwargs, response_obj, start_time, end_time))

        log_failure_event = log_success_event

        async def async_log_success_event(
            self,
            kwargs: Any,  # noqa: ANN401  # LiteLLM's signature
            response_obj: Any,  # noqa: ANN401  # the same
            start_time: Any,  # noqa: ANN401  # the same
            end_time: Any,  # noqa: ANN401  # the same
        ) -> None:
            """LiteLLM's hook for asyncio."""
            write(**record_of(kwargs, response_obj, start_time, end_time))

        async_log_failure_event = async_log_success_event

    return Callback()
