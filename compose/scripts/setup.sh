#!/bin/bash
# Puts the bundle's policies, templates, roles and users into Elasticsearch, and Kibana's token and keys into a file.
# Safe to repeat. Passwords are passed on standard input, never as an argument: every process list shows arguments.
set -euo pipefail
umask 027
es=${HOLYSHEEP_ELASTICSEARCH:-https://elasticsearch:9200}
secrets=${HOLYSHEEP_SECRETS:-/run/secrets}
ca=${HOLYSHEEP_CA:-/certs/ca.crt}
bundle=${HOLYSHEEP_BUNDLE:-/bundle/elasticsearch}
kibana=${HOLYSHEEP_KIBANA:-/kibana}

secret() { tr -d '\r\n' < "$secrets/$1"; }

# ask METHOD PATH [FILE|-]: prints Elasticsearch's response; fails with its error message.
ask() {
  local body=()
  [[ -z ${3:-} ]] || body=(-H 'content-type: application/json' --data-binary "@$3")
  curl -sS --fail-with-body --max-time 60 --retry 5 --retry-connrefused --cacert "$ca" -X "$1" \
    -K <(printf 'user = "elastic:%s"\n' "$(secret elastic_password)") "${body[@]}" "$es/$2"
}

apply() {
  local folder=$1 api=$2 file
  for file in "$bundle/$folder"/*.json; do
    ask PUT "$api/$(basename "$file" .json)" "$file" > "/tmp/answer" || { cat /tmp/answer >&2; echo >&2; exit 1; }
    echo "applied $folder/$(basename "$file")"
  done
}

# user NAME ROLE SECRET
user() {
  printf '{"password":"%s","roles":["%s"],"full_name":"holysheep-elk %s"}' "$(secret "$3")" "$2" "$2" |
    ask PUT "_security/user/$1" - > /dev/null
  echo "user $1"
}

# first_index NAME: the index of today or of this year, empty, where there is none of its kind. Kibana can't read a field
# of an index that was never made, and marks every panel of it as broken.
first_index() {
  local code
  code=$(curl -sS --max-time 60 --cacert "$ca" -o /dev/null -w '%{http_code}' \
    -K <(printf 'user = "elastic:%s"\n' "$(secret elastic_password)") "$es/$1-*/_count?allow_no_indices=false")
  [[ $code == 404 ]] || return 0
  # Date math of Elasticsearch: <NAME-{now/d}>, and <NAME-{now/y}> where an index holds a year.
  local unit=d
  [[ $1 != *-rollups && $1 != *-daily ]] || unit=y
  ask PUT "%3C$1-%7Bnow%2F$unit%7D%3E" > /dev/null
  echo "made the first index of $1"
}

token_works() {
  [[ -s $kibana/token ]] && curl -sS --fail --max-time 30 --cacert "$ca" -o /dev/null \
    -K <(printf 'header = "Authorization: Bearer %s"\n' "$(< "$kibana/token")") "$es/_security/_authenticate" 2> /dev/null
}

kibana_token() {
  local api=_security/service/elastic/kibana/credential/token/holysheep answer
  if token_works; then return; fi
  ask DELETE "$api" > /dev/null 2>&1 || true
  answer=$(ask POST "$api")
  printf '%s' "$answer" | sed 's/.*"value" *: *"\([^"]*\)".*/\1/' > "$kibana/token.part"
  mv -f "$kibana/token.part" "$kibana/token"
  echo "made Kibana's token"
}

kibana_secrets() {
  {
    printf 'elasticsearch.serviceAccountToken: "%s"\n' "$(< "$kibana/token")"
    printf 'xpack.security.encryptionKey: "%s"\n' "$(secret kibana_security_key)"
    printf 'xpack.encryptedSavedObjects.encryptionKey: "%s"\n' "$(secret kibana_objects_key)"
    printf 'xpack.reporting.encryptionKey: "%s"\n' "$(secret kibana_reporting_key)"
  } > "$kibana/secrets.part"
  mv -f "$kibana/secrets.part" "$kibana/secrets.yml"
}

# Reads the rendered list of folders and APIs, in its order. runner/cluster/apply.py reads the same list. This script runs
# in a container, so that `docker compose up` works without Python.
while read -r folder api <&3; do
  [[ -z $folder || $folder == "#"* ]] || apply "$folder" "$api"
done 3< "$bundle/apply.txt"
for file in "$bundle"/index_templates/*.json; do first_index "$(basename "$file" .json)"; done
user holysheep_writer holysheep_writer writer_password
user holysheep_reader holysheep_reader reader_password
user holysheep_alerter holysheep_alerter alerter_password
user holysheep_sealer holysheep_sealer sealer_password
user holysheep_rollup holysheep_rollup rollup_password
kibana_token
kibana_secrets
echo "the set-up is done"
