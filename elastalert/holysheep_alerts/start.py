"""The start of the container: settings from the environment and secret files, then ElastAlert 2 itself.

python -m holysheep_alerts.start            runs ElastAlert, with more arguments of its own if need be
python -m holysheep_alerts.start once       runs every rule once, up to now or to --end TIME
python -m holysheep_alerts.start health     whether rules have run lately
python -m holysheep_alerts.start channels   names the channels of each severity
python -m holysheep_alerts.start loaded     the rules that run, with the SHA-256 of the file of each, as JSON
python -m holysheep_alerts.start check      loads every rule as ElastAlert does, and looks for unknown keys
python -m holysheep_alerts.start test RULE  sends one alert of a rule to its channels
"""

from __future__ import annotations

import os
import sys
import threading
import time
from base64 import b64encode
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from holysheep_alerts.channels import Settings, SettingsError, write

#: Elasticsearch's password lies here, and what the channels need in the folder `alerts` below.
SECRETS: Final = Path(os.environ.get("HOLYSHEEP_SECRETS", "/run/secrets"))
CHANNELS: Final = Path(os.environ.setdefault("HOLYSHEEP_CHANNELS", "/tmp/holysheep-alerts"))  # noqa: S108 - a tmpfs
FOLDER: Final = Path(os.environ.setdefault("HOLYSHEEP_ELASTALERT", "/opt/holysheep/elastalert"))
CONFIG: Final = FOLDER / "config.yaml"
#: The port of an address that names none.
HTTPS: Final = 443
#: Written by the process that runs the rules.
LOADED: Final = CHANNELS / "loaded.json"
HEALTH: Final = CHANNELS / "health"
#: A note of health that is older than so many seconds is of a process that hangs.
HEALTH_S: Final = 120


def main(arguments: list[str]) -> int:
    """One of them."""
    if arguments[:1] == ["health"]:
        return _health()
    os.environ.setdefault("HOLYSHEEP_CA", "/certs/ca.crt")
    try:
        channels = write(Settings(os.environ, SECRETS / "alerts"), CHANNELS)
    except SettingsError as error:
        print(f"alerts: {error}", file=sys.stderr)
        return 2
    if arguments[:1] not in (["check"], ["test"], ["loaded"]):
        for severity, names in channels.items():
            print(f"{severity} goes to {', '.join(names) or 'the log alone: no channel is set up'}", flush=True)
    if arguments[:1] in (["channels"], ["loaded"]):
        if arguments == ["loaded"]:
            print(LOADED.read_text(encoding="utf-8") if LOADED.is_file() else "{}")
        return 0
    _credentials()
    _cluster()
    if arguments[:1] == ["check"]:
        from holysheep_alerts.check import check  # noqa: PLC0415 - ElastAlert takes seconds to import

        return check(FOLDER)
    if arguments[:1] == ["test"] and len(arguments) == 2:  # noqa: PLR2004 - the word and the rule
        from holysheep_alerts.sample import send  # noqa: PLC0415 - the same

        return send(FOLDER, arguments[1])
    return _run(arguments)


def _credentials() -> None:
    """Name and password as ElastAlert takes them; set here, so that they are in no list of processes."""
    for variable, name in (("ES_PASSWORD", "alerter_password"), ("ES_API_KEY", "alerter_api_key")):
        if (SECRETS / name).is_file():
            os.environ[variable] = (SECRETS / name).read_text(encoding="ascii").strip()
    if "ES_PASSWORD" in os.environ:
        os.environ.setdefault("ES_USERNAME", "holysheep_alerter")
    # `id:api_key`, as the other secret files have it; ElastAlert sends what it is given.
    if ":" in os.environ.get("ES_API_KEY", ""):
        os.environ["ES_API_KEY"] = b64encode(os.environ["ES_API_KEY"].encode("ascii")).decode("ascii")


def _cluster() -> None:
    """The addresses of an existing cluster, where the environment names some."""
    urls = [urlsplit(url) for url in os.environ.get("HOLYSHEEP_ELASTICSEARCH", "").split()]
    if urls:
        os.environ["ES_HOST"], os.environ["ES_PORT"] = urls[0].hostname or "", str(urls[0].port or HTTPS)
        os.environ["ES_HOSTS"] = ",".join(f"{url.hostname}:{url.port or HTTPS}" for url in urls)
        if prefix := urls[0].path.strip("/"):
            os.environ["ES_URL_PREFIX"] = prefix


def _health() -> int:
    """0 when the process that runs the rules has just noted that they run, else 1."""
    try:
        words, age = HEALTH.read_text(encoding="utf-8"), time.time() - HEALTH.stat().st_mtime
    except FileNotFoundError:
        words, age = "no rule has run yet", 0
    if age > HEALTH_S:
        words = f"ElastAlert has not looked at its runs for {age:.0f} s"
    print(words or "rules run")
    return int(bool(words))


def _run(arguments: list[str]) -> int:
    from elastalert.elastalert import ElastAlerter  # noqa: PLC0415 - see main
    from elastalert.elastalert import main as elastalert  # noqa: PLC0415 - see main

    from holysheep_alerts.indices import prepare, tidy_daily, watch  # noqa: PLC0415 - the same
    from holysheep_alerts.loading import note_into  # noqa: PLC0415 - the same

    prepare(CONFIG)
    note_into(LOADED)
    if arguments[:1] == ["once"]:
        ElastAlerter(["--config", str(CONFIG), "--verbose", *arguments[1:]]).run_all_rules()
        return 0
    threading.Thread(target=tidy_daily, args=(CONFIG,), daemon=True).start()
    threading.Thread(target=watch, args=(CONFIG, HEALTH), daemon=True).start()
    elastalert(["--config", str(CONFIG), "--verbose", *arguments])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
