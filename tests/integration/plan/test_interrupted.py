"""A plan whose writing is interrupted, and one that may not be made."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from generator.errors import UserError
from runner.cluster import plan
from runner.cluster.plan import Options
from runner.runtimes.embedded import secret
from runner.step import writing

if TYPE_CHECKING:
    from tests.integration.node import Node
    from tests.integration.plan.bundle import Bundle

pytestmark = [pytest.mark.integration, pytest.mark.newest]


#: Applies a plan, and prints each result when it is there.
PROGRAM = """
import sys
from pathlib import Path
from elasticsearch import Elasticsearch
from runner.cluster import apply, plan
url, ca, user, password, folder = sys.argv[1:]
with Elasticsearch(url, ca_certs=ca, basic_auth=(user, password)) as es:
    steps = plan.make(es, Path(folder), plan.Options())
    for done in apply.execute(es, Path(folder), steps):
        if done.result == "created":
            print(done.name, flush=True)
"""


def test_a_kill_in_the_middle_leaves_the_rest(node: Node, bundle: Bundle) -> None:
    """After SIGKILL a new plan has what was not written, and applying it completes the bundle."""
    before = len(writing(bundle.plan()))
    login = (secret.ADMIN, secret.passwords(node.layout.secrets)[secret.ADMIN])
    address = (f"https://localhost:{node.port}", str(node.layout.authority))
    command = [sys.executable, "-c", PROGRAM, *address, *login, str(bundle.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ}) as process:
        assert process.stdout is not None
        done = [process.stdout.readline() for _ in range(5)]
        process.send_signal(signal.SIGKILL)
        done += process.stdout.readlines()
    assert process.returncode == -signal.SIGKILL
    rest = len(writing(bundle.plan()))
    # one step may be written, but not printed
    assert rest in (before - len(done), before - len(done) - 1)
    assert rest > 0
    bundle.apply()
    assert writing(bundle.plan()) == []


@pytest.mark.parametrize(
    ("user", "lacks"),
    [
        (secret.READER, "component templates, it needs the privilege manage_index_templates"),
        # it may read templates, since Logstash's output needs `monitor`
        (secret.WRITER, "roles, it needs the privilege manage_security"),
    ],
)
def test_a_key_without_the_right_is_told_which_it_needs(node: Node, bundle: Bundle, user: str, lacks: str) -> None:
    """One line says what may not be read and the privilege that is missing."""
    with node.client(user) as es, pytest.raises(UserError) as caught:
        plan.make(es, bundle.folder, Options())
    assert str(caught.value) == f"Elasticsearch: this key or user may not read {lacks}"
