#!/bin/bash
# Starts Logstash with its secrets in its keystore, which lies in memory: neither the environment nor an argument has them.
set -euo pipefail
umask 077
home=/usr/share/logstash
# The dead letter pipeline needs the folder before the first letter.
mkdir -p "$home/data/dead_letter_queue/gateway"

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
rm -f "$HOLYSHEEP_KEYSTORE"
# Without a password of its own: it would have to lie beside it.
echo y | "$home/bin/logstash-keystore" create > /dev/null
printf '%s\n' "${values[@]}" | "$home/bin/logstash-keystore" add "${names[@]}" > /dev/null
[[ -s $HOLYSHEEP_KEYSTORE ]] || { echo "the keystore could not be made" >&2; exit 1; }
unset values
exec /usr/local/bin/docker-entrypoint "$@"
