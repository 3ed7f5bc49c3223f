#!/bin/bash
# Starts the reverse proxy, and removes its log files after HOLYSHEEP_ACCESS_LOG_DAYS days: they are in Elasticsearch by then.
set -euo pipefail
umask 027
logs=/var/log/holysheep-proxy
( while true; do
    find "$logs" -name 'access.log-*' -mtime "+${HOLYSHEEP_ACCESS_LOG_DAYS:-7}" -delete || true
    sleep 3600
  done ) &
exec nginx -e /dev/stderr -c /etc/holysheep/nginx.conf -g 'daemon off;'
