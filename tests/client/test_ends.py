"""However a program ends or forks, what it logged is in the file."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.client.programs import ids, run, start, terminated

if TYPE_CHECKING:
    from pathlib import Path


def expected(*numbers: range) -> list[str]:
    """Sorted ids."""
    return sorted(f"id-{n}" for part in numbers for n in part)


def test_short_script(tmp_path: Path) -> None:
    """A script that ends at once loses nothing."""
    run(tmp_path, "for n in range(42): call(n)")
    assert sorted(ids(tmp_path)) == expected(range(42))


def test_exception(tmp_path: Path) -> None:
    """Nor does one that ends by an exception."""
    process = start(tmp_path, "call(1)\nraise SystemError('x')")
    process.communicate(timeout=60)
    assert process.returncode == 1
    assert ids(tmp_path) == ["id-1"]


def test_sigterm(tmp_path: Path) -> None:
    """SIGTERM flushes, then ends the process by the signal."""
    code = terminated(
        tmp_path, "for n in range(1234): call(n)\nprint('ready', flush=True)\ntime.sleep(60)", flush_lines=9999
    )
    assert code == -signal.SIGTERM
    assert sorted(ids(tmp_path)) == expected(range(1234))


def test_own_sigterm_handler(tmp_path: Path) -> None:
    """A handler of the application stays; its sys.exit flushes."""
    body = "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\ncall(1)\nprint('ready', flush=True)\ntime.sleep(60)"
    assert terminated(tmp_path, body) == 7
    assert ids(tmp_path) == ["id-1"]


def test_kill_in_sync_mode(tmp_path: Path) -> None:
    """With `sync` each line is written before log() returns: kill -9 loses none."""
    body = "for n in range(100): call(n)\nprint('ready', flush=True)\ntime.sleep(60)"
    process = start(tmp_path, body, sync=True)
    assert process.stdout is not None
    process.stdout.readline()
    process.kill()
    process.communicate(timeout=30)
    assert sorted(ids(tmp_path)) == expected(range(100))


def test_kill_loses_the_buffer_only(tmp_path: Path) -> None:
    """Without it, what was flushed is there, and nothing is half written."""
    body = "for n in range(100): call(n)\nassert holysheep.flush()\ncall(100)\nprint('r', flush=True)\ntime.sleep(60)"
    process = start(tmp_path, body)
    assert process.stdout is not None
    process.stdout.readline()
    process.kill()
    process.communicate(timeout=30)
    assert set(ids(tmp_path)) >= set(expected(range(100)))


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing(tmp_path: Path, method: str) -> None:
    """Processes of multiprocessing, which call no atexit hooks, flush as well; no line of the parent comes twice."""
    program = tmp_path / "program.py"
    program.write_text(
        "import multiprocessing as m, sys, holysheep\n"
        "def work(start):\n"
        "    for n in range(start, start + 50): holysheep.log(log_id=f'id-{n}', model='gpt-4.1', input_tokens=n)\n"
        "if __name__ == '__main__':\n"
        "    holysheep.log(log_id='id-0', model='gpt-4.1', input_tokens=1)\n"
        f"    with_ = m.get_context({method!r})\n"
        "    children = [with_.Process(target=work, args=(1 + 50 * k,)) for k in range(3)]\n"
        "    [child.start() for child in children]\n"
        "    [child.join() for child in children]\n",
        encoding="utf-8",
    )
    run(
        tmp_path,
        "os.environ['HOLYSHEEP_LOG_FILE'] = folder + '/api_requests.log'\nimport subprocess\n"
        "subprocess.run([sys.executable, folder + '/program.py'], check=True)",
    )
    assert sorted(ids(tmp_path)) == expected(range(151))


def test_fork_under_load(tmp_path: Path) -> None:
    """Children of os.fork, as gunicorn makes them, log while their parent's threads do."""
    body = """
import threading
stop = threading.Event()
def spin():
    n = 10_000
    while not stop.is_set():
        call(n); n += 1
thread = threading.Thread(target=spin); thread.start()
for child in range(5):
    if (pid := os.fork()) == 0:
        for n in range(child * 100, child * 100 + 100): call(n)
        holysheep.flush(); os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
stop.set(); thread.join()
"""
    run(tmp_path, body)
    found = ids(tmp_path)
    assert len(found) == len(set(found))
    assert set(found) >= set(expected(range(500)))


def test_threads_and_asyncio(tmp_path: Path) -> None:
    """Eight threads and a hundred tasks: each line once, whole."""
    body = """
import asyncio, threading
threads = [threading.Thread(target=lambda k=k: [call(n) for n in range(k * 500, k * 500 + 500)]) for k in range(8)]
[t.start() for t in threads]; [t.join() for t in threads]
async def task(n):
    await asyncio.sleep(0); call(n)
async def main():
    await asyncio.gather(*(task(n) for n in range(4000, 4100)))
asyncio.run(main())
"""
    run(tmp_path, body)
    assert sorted(ids(tmp_path)) == expected(range(4100))
