#!/usr/bin/env bash
# Makes an environment of the packages that the client's tests run but nothing imports (LiteLLM and its seventy others,
# gunicorn, OpenTelemetry's exporters), once, from tests/client/packages.lock; prints its Python.
set -euo pipefail
cd "$(dirname "$0")/.."
lock=tests/client/packages.lock
target=${XDG_CACHE_HOME:-$HOME/.cache}/holysheep-elk/packages-$(sha256sum "$lock" | cut -c1-16)
if [[ ! -f $target/ready ]]; then
  rm -rf "$target"
  python3 -m venv "$target"
  "$target/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock" >&2
  # Last: its presence says that all is there.
  touch "$target/ready"
fi
echo "$target/bin/python"
