"""Sample files of the sources that write text: access lines, syslog, and container output."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.samples.calls import File, Maker, dump

if TYPE_CHECKING:
    from tests.samples.calls import Call


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
    message = (
        ("systemd", 1, "Started Daily apt upgrade and clean activities."),
        ("holysheep-gateway", 812, "upstream openai: 3 of 3 healthy"),
        ("holysheep-gateway", 812, "rate limit of claude-sonnet-4.5 at 92 %"),
        ("sshd", 4021, "Accepted publickey for ops from 198.51.100.7 port 50122 ssh2"),
    )
    for at in sorted(maker.time() for _ in range(50)):
        program, pid, text = maker.chance.choice(message)
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
