"""Reports a failed call to Sentry with its category. Prompts, answers and keys are never sent."""

from __future__ import annotations

from typing import Any

from holysheep.errors.message import generalise
from holysheep.errors.phrases import classify, confidence_of


def capture_ai_error(error: BaseException, *, model: str | None = None, confidence: float | None = None) -> str | None:
    """Send the error to Sentry; the event's id, or None where the SDK is not set up.

    `confidence` is a classifier's, 0 to 1. Without one it is that of the rules: 1.0, but 0.0 for `unknown_error`.

    One issue for each category and template: these are the fingerprint. The tags are `ai_error_category` and
    `ai_error_confidence`, the context is `ai_classification`. Neither local variables
    nor breadcrumbs are sent, since both may hold prompts. Safe in asyncio: the scope lives in a context variable and
    only for this event. Needs the official `sentry-sdk`.
    """
    import sentry_sdk  # noqa: PLC0415  # an extra: the client itself needs the standard library only
    from sentry_sdk.utils import event_from_exception  # noqa: PLC0415

    if not sentry_sdk.is_initialized():
        return None
    category, suggestion = classify(f"{type(error).__name__}: {error}")
    template = generalise(str(error)) or type(error).__name__
    safe = {"include_local_variables": False, "include_source_context": False}
    options: dict[str, Any] = {**sentry_sdk.get_client().options, **safe}
    event, hint = event_from_exception(error, client_options=options, mechanism={"type": "holysheep", "handled": True})
    for value in event["exception"]["values"]:
        value["value"] = generalise(str(value.get("value") or ""))
    event["fingerprint"] = [category, template]
    confidence = confidence_of(category) if confidence is None else confidence
    context = {"category": category, "confidence": confidence, "suggestion": suggestion, "template": template}
    with sentry_sdk.isolation_scope() as isolation, sentry_sdk.new_scope() as scope:
        isolation.clear()
        scope.clear()
        scope.set_tag("ai_error_category", category)
        scope.set_tag("ai_error_confidence", str(confidence))
        if model:
            scope.set_tag("ai_model", model)
        scope.set_context("ai_classification", context)
        return scope.capture_event(event, hint)
