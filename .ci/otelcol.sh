#!/usr/bin/env bash
# Builds the OpenTelemetry Collector of .ci/otelcol, once; prints its path, or says why it can't be built.
set -euo pipefail
cd "$(dirname "$0")/otelcol"
target=${XDG_CACHE_HOME:-$HOME/.cache}/holysheep-elk/otelcol-$(cat main.go go.mod go.sum | sha256sum | cut -c1-16)
if [[ ! -x $target ]]; then
  # The go.mod may ask for a newer Go than some have; Go's own way to that is this.
  export GOTOOLCHAIN=auto CGO_ENABLED=0 GOFLAGS=-buildvcs=false
  echo "CI: building the OpenTelemetry Collector, once; this takes some minutes" >&2
  mkdir -p "$(dirname "$target")"
  timeout 1500 go build -trimpath -ldflags '-s -w' -o "$target.part" . >&2
  mv "$target.part" "$target"
fi
echo "$target"
