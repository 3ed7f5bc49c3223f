#!/bin/bash
# Makes the certificate authority and a certificate for each service, unless they exist. A service's folder holds ca.crt,
# NAME.crt, NAME.key (PKCS #8, which Logstash's Beats input needs) and NAME.pem (key and certificate, for Kafka's clients).
# Group 0 may read them. To renew: remove the service's volume (or `authority` and all volumes), and run this again.
set -euo pipefail
umask 027
days=${HOLYSHEEP_CERT_DAYS:-1095}
certutil=${HOLYSHEEP_CERTUTIL:-/usr/share/elasticsearch/bin/elasticsearch-certutil}
root=${HOLYSHEEP_CERTS:-/certs}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A PEM key as PKCS #8. certutil writes the older PKCS #1, which PKCS #8 only wraps: 22 bytes in front, two lengths in them.
pkcs8() {
  if grep -q 'BEGIN PRIVATE KEY' "$1"; then cat "$1"; return; fi
  local body size head
  grep -q 'BEGIN RSA PRIVATE KEY' "$1"
  body=$(grep -v -e '-----' "$1" | tr -d '\r\n')
  size=$(printf '%s' "$body" | base64 -d | wc -c)
  head=$(printf '3082%04x020100300d06092a864886f70d01010105000482%04x' $((size + 22)) "$size")
  echo '-----BEGIN PRIVATE KEY-----'
  { printf '%b' "$(printf '%s' "$head" | sed 's/../\\x&/g')"; printf '%s' "$body" | base64 -d; } | base64 -w 64
  echo '-----END PRIVATE KEY-----'
}

authority() {
  local folder=$root/authority
  if [[ -s $folder/ca.crt && -s $folder/ca.key ]]; then return; fi
  "$certutil" ca --silent --pem --days "$days" --out "$work/ca.zip"
  unzip -q -o "$work/ca.zip" -d "$work"
  install -m 0400 "$work/ca/ca.key" "$folder/ca.key"
  install -m 0440 "$work/ca/ca.crt" "$folder/ca.crt"
  echo "made the certificate authority"
}

# service NAME NAMES: the DNS names, apart by commas, under which it is reached.
service() {
  local name=$1 names=$2 folder=$root/$1
  [[ -d $folder ]] || return 0
  if [[ -s $folder/$name.pem ]] && cmp -s "$root/authority/ca.crt" "$folder/ca.crt"; then return; fi
  "$certutil" cert --silent --pem --days "$days" --name "$name" --dns "$names" --ip 127.0.0.1 \
    --ca-cert "$root/authority/ca.crt" --ca-key "$root/authority/ca.key" --out "$work/$name.zip"
  unzip -q -o "$work/$name.zip" -d "$work"
  pkcs8 "$work/$name/$name.key" > "$work/$name/pkcs8.key"
  rm -f "$folder/$name".*
  install -m 0440 "$root/authority/ca.crt" "$folder/ca.crt"
  install -m 0440 "$work/$name/$name.crt" "$folder/$name.crt"
  install -m 0440 "$work/$name/pkcs8.key" "$folder/$name.key"
  # Written last: when this file exists, all files exist.
  cat "$work/$name/pkcs8.key" "$work/$name/$name.crt" > "$work/$name.pem"
  install -m 0440 "$work/$name.pem" "$folder/$name.pem"
  chmod 0750 "$folder"
  echo "made the certificate of $name"
}

extra=${HOLYSHEEP_CERT_NAMES:+,$HOLYSHEEP_CERT_NAMES}
chmod 0700 "$root/authority"
authority
service elasticsearch "elasticsearch,elasticsearch-2,elasticsearch-3,localhost$extra"
service logstash "logstash,localhost$extra"
service kibana "kibana,localhost$extra"
service filebeat filebeat
service kafka kafka,localhost
service otel "otel,localhost$extra"
service alerts alerts
service proxy "proxy,localhost$extra"
# Volumes that other services write to: group 0 may write.
for folder in "$root"/group/*/; do
  if [[ -d $folder ]]; then chmod 0770 "$folder"; fi
done
