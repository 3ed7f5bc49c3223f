#!/bin/bash
# Starts Elasticsearch with the superuser's first password in its keystore. The image's option ELASTIC_PASSWORD_FILE would
# leave the password in the environment of the running server.
set -euo pipefail
cd /usr/share/elasticsearch
[[ -f config/elasticsearch.keystore ]] || bin/elasticsearch-keystore create
# The password is used only while the data volume is new. --force: a restarted container has the entry already.
tr -d '\r\n' < /run/secrets/elastic_password | bin/elasticsearch-keystore add --stdin --force bootstrap.password
tini=$(command -v tini || true)
exec ${tini:+"$tini" --} /usr/local/bin/docker-entrypoint.sh eswrapper
