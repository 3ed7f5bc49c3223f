#!/bin/bash
# As the official image starts Elasticsearch: a password from a file, into the keystore, then the server.
set -e
umask 0002
cd /usr/share/elasticsearch
# Variables NAME_FILE become NAME, if nobody else can read the file: the distribution's own script.
source bin/elasticsearch-env-from-file
keystore=config/elasticsearch.keystore
[[ -f $keystore ]] || bin/elasticsearch-keystore create
if [[ -n ${ELASTIC_PASSWORD:-} ]] && ! bin/elasticsearch-keystore list | grep -qx bootstrap.password; then
  printf '%s\n' "$ELASTIC_PASSWORD" | bin/elasticsearch-keystore add -x bootstrap.password
fi
[[ $1 != eswrapper ]] || shift
exec bin/elasticsearch "$@"
