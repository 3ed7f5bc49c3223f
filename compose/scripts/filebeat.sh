#!/bin/bash
# Starts Filebeat with a soft limit of memory below the container's: Go then collects garbage before the kernel kills it.
set -euo pipefail

# The container's limit in bytes, of cgroup 2 or 1; "max" or a huge number where there is none.
limit=$(cat /sys/fs/cgroup/memory.max 2> /dev/null || cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2> /dev/null || echo max)
if [[ $limit != max && ${#limit} -lt 16 ]]; then export GOMEMLIMIT=$((limit / 100 * 82)); fi
exec /usr/local/bin/docker-entrypoint "$@"
