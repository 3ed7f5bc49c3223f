"""A target that is away for as many lines as a busy minute has: memory stays bounded, and every line comes later."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Final

from tests.client.collector import collecting
from tests.client.programs import start

if TYPE_CHECKING:
    from pathlib import Path

#: A minute at 500 calls a second.
LINES: Final = 30_000
PROGRAM: Final = f"""
import resource
def memory(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
call(0); holysheep.flush()
before = memory()
for n in range(1, {LINES}): call(n, metadata={{"source": "search", "note": "x" * 100}})
print((memory() - before) // 1024, flush=True)
sys.stdin.readline()
"""


def test_memory_is_bounded_while_the_target_is_away(tmp_path: Path) -> None:
    """30,000 lines while the webhook refuses cost at most 64 MiB, and all arrive once it takes them."""
    (tmp_path / "password").write_text("secret", encoding="ascii")
    with collecting() as server:
        server.statuses = [503] * 100_000
        process = start(
            tmp_path, PROGRAM, webhook_url=server.url, webhook_password_file=str(tmp_path / "password"),
            max_lines=5000,
        )  # fmt: skip
        assert process.stdout is not None
        assert int(process.stdout.readline()) <= 64
        assert server.bodies == []
        server.statuses = []
        end = time.monotonic() + 120
        while len(found := {json.loads(line)["log_id"] for line in server.lines()}) < LINES:
            assert process.poll() is None
            assert time.monotonic() < end, len(found)
            time.sleep(0.2)
        process.communicate("\n", timeout=60)
    assert found == {f"id-{n}" for n in range(LINES)}
    assert process.returncode == 0
