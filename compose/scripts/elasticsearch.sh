#!/bin/bash
# Starts Elasticsearch with the superuser's first password in its keystore. The image's own way, ELASTIC_PASSWORD_FILE,
# leaves the password in the environment of the server's process for as long as it runs.
set -euo pipefail
cd /usr/share/elasticsearch
[[ -f config/elasticsearch.keystore ]] || bin/elasticsearch-keystore create
# It counts only while the data volume is new; --force because a container that is started again has it already.
tr -d '\r\n' < /run/secrets/elastic_password | bin/elasticsearch-keystore add --stdin --force bootstrap.password
tini=$(command -v tini || true)
exec ${tini:+"$tini" --} /usr/local/bin/docker-entrypoint.sh eswrapper
