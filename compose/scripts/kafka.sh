#!/bin/bash
# Formats the data folder at the first start, then starts the broker.
set -euo pipefail
settings=/etc/holysheep/server.properties
# Any fixed id will do: there is one cluster a volume.
/opt/kafka/bin/kafka-storage.sh format --ignore-formatted --cluster-id aG9seXNoZWVwLWVsay0xMQ --config "$settings"
exec /opt/kafka/bin/kafka-server-start.sh "$settings"
