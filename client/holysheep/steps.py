"""Calls and agents' steps as `with` blocks.

    with holysheep.step("answer a question", agent_id="support"):
        with holysheep.step("search", kind="execute_tool"):
            ...
        with holysheep.call(model="gpt-4.1") as call:
            answer = ask()
            call.usage = answer["usage"]

Each block has a span; blocks inside have it as their parent, and all have one trace.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from holysheep import ids
from holysheep.default import log as default_log
from holysheep.surroundings import context, current

if TYPE_CHECKING:
    from collections.abc import Iterator

    from holysheep.attempt import Log

#: Operations of OpenTelemetry's GenAI conventions that are no model calls.
Kind = Literal["invoke_agent", "create_agent", "execute_tool", "invoke_workflow", "plan"]


class Block:
    """What a block tells about itself: any name of `log()`, set as an attribute, or by `call.tell(name=value)`."""

    def __init__(self, record: dict[str, Any]) -> None:
        """`record`: what is known at the start."""
        object.__setattr__(self, "record", record)

    def __setattr__(self, name: str, value: object) -> None:
        self.record[name] = value

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # what was told
        try:
            return object.__getattribute__(self, "record")[name]
        except KeyError:
            raise AttributeError(name) from None

    def tell(self, **values: Any) -> None:  # noqa: ANN401  # as above
        """Several at once."""
        self.record.update(values)


@contextmanager
def _block(record: dict[str, Any], log: Log | None) -> Iterator[Block]:
    block = Block(record)
    record["started_ns"], started = time.time_ns(), time.perf_counter()
    try:
        yield block
    except BaseException as error:
        record.setdefault("error", error)
        raise
    finally:
        record.setdefault("latency_ms", (time.perf_counter() - started) * 1000)
        (log or default_log)(**record)


@contextmanager
def call(*, log: Log | None = None, **values: Any) -> Iterator[Block]:  # noqa: ANN401  # the names of log()
    """A call that the block makes by any means: its duration, and an exception as its error."""
    with _block({**values, "span_id": ids.span_id()}, log) as block:
        yield block


@contextmanager
def step(
    name: str,
    *,
    agent_id: str | None = None,
    kind: Kind = "invoke_agent",
    log: Log | None = None,
    **values: Any,  # noqa: ANN401  # the names of log()
) -> Iterator[Block]:
    """An agent's step, a line of its own without a cost. Calls and steps inside name it as their parent."""
    outer = current()
    trace = (outer.trace_id if outer else None) or ids.trace_id()
    span = ids.span_id()
    record = {
        "record": "step", "operation": kind, "step_name": name, "span_id": span, "trace_id": trace,
        "agent_id": agent_id, "context": outer, **values,
    }  # fmt: skip
    inside: dict[str, Any] = {"trace_id": trace, "parent_span_id": span, "step_name": name}
    if agent_id is not None:
        inside["agent_id"] = agent_id
    with _block(record, log) as block, context(**inside):
        yield block
