#!/bin/bash
# Writes a synthetic line every minute by each path, file and webhook, and measures how long the lines take until a search
# returns them. The lines of the next minute carry the result, so that it is in Elasticsearch and in Kibana: docs/canary.md.
set -euo pipefail
period=${HOLYSHEEP_CANARY_S:-60}
# The reader may see the indices of its own prefix alone.
prefix=*
webhook=${HOLYSHEEP_WEBHOOK:-https://logstash:8080}
# Empty: nobody may search here, and the lines say nothing of those before them.
es=${HOLYSHEEP_ELASTICSEARCH-https://elasticsearch:9200}
secrets=${HOLYSHEEP_SECRETS:-/run/secrets}
ca=${HOLYSHEEP_CA:-/certs/ca.crt}
folder=${HOLYSHEEP_CANARY_FOLDER:-/var/log/holysheep-canary}
log=$folder/canary.log

secret() { tr -d '\r\n' < "$secrets/$1"; }

now_ms() { date +%s%3N; }

# line PATH: of this minute, with what became of the line before it.
line() {
  printf '{"holysheep_canary":"%s","sequence":%d,"id":"canary-%s-%d","timestamp":"%s"%s}\n' \
    "$1" "$sequence" "$1" "$sequence" "$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)" "${result[$1]:-}"
}

by_file() {
  # A file that is renamed is read to its end all the same: docs/log-rotation.md.
  if [[ $(stat -c %s "$log" 2> /dev/null || echo 0) -gt 1000000 ]]; then mv -f "$log" "$log.1"; fi
  line file >> "$log"
}

by_webhook() {
  line webhook | curl -sS --fail --max-time 20 --cacert "$ca" -o /dev/null -H 'content-type: application/json' \
    -K <(printf 'user = "holysheep:%s"\n' "$(secret webhook_password)") --data-binary @- "$webhook"
}

# The paths whose line of this minute a search returns.
arrived() {
  curl -sS --fail --max-time 10 --cacert "$ca" -K <(printf 'user = "holysheep_reader:%s"\n' "$(secret reader_password)") \
    "$es/$prefix-canary-*/_search?q=holysheep.canary.sequence:$sequence&filter_path=hits.hits._source.holysheep.canary.path" |
    grep -oE '"(file|webhook)"' | tr -d '"'
}

# Looks for both lines until a little before the next minute.
measure() {
  local until=$((sent + period * 1000 - 5000)) path left=" file webhook "
  result=()
  while [[ -n ${left// /} && $(now_ms) -lt $until ]]; do
    sleep 0.5
    for path in $(arrived 2> /dev/null); do
      [[ $left == *" $path "* ]] || continue
      left=${left/ $path / }
      result[$path]=",\"previous_ms\":$(($(now_ms) - sent))"
    done
  done
  for path in $left; do
    result[$path]=',"previous":"missing"'
    echo "the line $sequence by $path was not found within $(((until - sent) / 1000)) s"
  done
}

trap 'exit 0' TERM INT
if [[ $period == 0 ]]; then
  echo "HOLYSHEEP_CANARY_S is 0: no lines are written"
  while true; do sleep 3600 & wait $! || true; done
fi
declare -A result=()
mkdir -p "$folder"
while true; do
  sequence=$(($(date +%s) / period))
  sent=$(now_ms)
  by_file || echo "the log of the canary can't be written"
  by_webhook || echo "the webhook did not take the line $sequence"
  if [[ -n $es ]]; then measure; fi
  # In the background, so that a stop need not wait for it.
  sleep "$(((sequence + 1) * period - $(date +%s)))" 2> /dev/null &
  wait $! || true
done
