#!/bin/bash
# Starts Logstash with its secrets in a keystore on a memory file system. No secret is in the environment or an argument.
set -euo pipefail
umask 077
home=/usr/share/logstash
# The dead letter pipeline needs the folder before the first dead letter.
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
# keystore ARGUMENT…: runs Logstash's keystore tool. Its output is printed only when it fails.
keystore() {
  local answer
  answer=$("$home/bin/logstash-keystore" "$@" 2>&1) && return
  printf 'logstash-keystore %s failed. Is there room in %s, and enough memory? Its output:\n%s\n' \
    "$1" "$(dirname "$HOLYSHEEP_KEYSTORE")" "$answer" >&2
  exit 1
}

rm -f "$HOLYSHEEP_KEYSTORE"
# The keystore has no password: the password would have to be stored beside it.
echo y | keystore create
# The tool creates the file with mode 0644, whatever the umask. It is still empty here.
chmod 0600 "$HOLYSHEEP_KEYSTORE"
printf '%s\n' "${values[@]}" | keystore add "${names[@]}"
chmod 0600 "$HOLYSHEEP_KEYSTORE"
unset values
exec /usr/local/bin/docker-entrypoint "$@"
