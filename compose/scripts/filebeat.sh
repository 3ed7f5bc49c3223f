#!/bin/bash
# Starts Filebeat with GOMEMLIMIT below the container's memory limit: Go collects garbage before the kernel kills Filebeat.
# Far from that limit GOGC lets it collect seldom: each batch leaves a megabyte of garbage, and batches are small.
set -euo pipefail

# The container's limit in bytes, from cgroup 2 or 1. Without a limit: "max" or a huge number.
limit=$(cat /sys/fs/cgroup/memory.max 2> /dev/null || cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2> /dev/null || echo max)
if [[ $limit != max && ${#limit} -lt 16 ]]; then export GOMEMLIMIT=$((limit / 100 * 82)) GOGC=400; fi
exec /usr/local/bin/docker-entrypoint "$@"
