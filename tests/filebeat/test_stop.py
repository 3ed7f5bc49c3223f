"""A stopped Filebeat: what was on the way comes after the next start."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.filebeat.writer import keys, line

if TYPE_CHECKING:
    from tests.filebeat.process import Filebeat
    from tests.filebeat.receiver import Receiver

pytestmark = pytest.mark.filebeat


def test_lines_that_logstash_never_took_come_after_a_stop(filebeat: Filebeat, receiver: Receiver) -> None:
    """A Logstash with a full queue takes connections, and no lines. By SIGTERM Filebeat took its 64 for sent."""
    receiver.hangs = True
    path = filebeat.logs / "client" / "app.log"
    path.parent.mkdir()
    path.write_bytes(b"".join(line("stop", number) for number in range(500)))
    end = time.monotonic() + 30
    while receiver.dropped < 64:
        assert time.monotonic() < end, f"{receiver.dropped} lines were sent"
        time.sleep(0.1)
    filebeat.stop()
    receiver.away()
    receiver.hangs = False
    receiver.back()
    filebeat.start()
    receiver.wait(500)
    assert set(receiver.seen) == keys("stop", 500)
