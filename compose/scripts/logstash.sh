#!/bin/bash
# Starts Logstash with its secrets in its keystore, which lies in memory: neither the environment nor an argument has them.
set -euo pipefail
umask 077
home=/usr/share/logstash
# The dead letter pipeline needs the folder before the first letter.
mkdir -p "$home/data/dead_letter_queue/gateway" "$home/data/dead_letter_queue/deadletter"

names=()
values=()
for pair in writer_password:HOLYSHEEP_WRITER_PASSWORD writer_api_key:HOLYSHEEP_WRITER_API_KEY \
  webhook_password:HOLYSHEEP_WEBHOOK_PASSWORD; do
  file=/run/secrets/${pair%%:*}
  if [[ -r $file ]]; then
    names+=("${pair##*:}")
    values+=("$(tr -d '\r\n' < "$file")")
  fi
done
# keystore ARGUMENT…: Logstash's tool, which answers on its output what went wrong. It says it here only when it fails.
keystore() {
  local answer
  answer=$("$home/bin/logstash-keystore" "$@" 2>&1) && return
  printf 'logstash-keystore %s failed; is there room in %s, and enough memory? It says:\n%s\n' \
    "$1" "$(dirname "$HOLYSHEEP_KEYSTORE")" "$answer" >&2
  exit 1
}

rm -f "$HOLYSHEEP_KEYSTORE"
# Without a password of its own: it would have to lie beside it.
echo y | keystore create
# The tool gives it 0644, whatever the umask. Until here it is empty.
chmod 0600 "$HOLYSHEEP_KEYSTORE"
printf '%s\n' "${values[@]}" | keystore add "${names[@]}"
chmod 0600 "$HOLYSHEEP_KEYSTORE"
unset values
exec /usr/local/bin/docker-entrypoint "$@"
