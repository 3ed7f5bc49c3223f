#!/bin/bash
# Health check: exits with 0 when a service is ready for work. Its output is shown by `docker inspect` and by `make up`.
set -euo pipefail

# listens PORT: reads the kernel's list of sockets. A test connection without TLS would write a warning to the log each time.
listens() {
  grep -qiE "^ *[0-9]+: [0-9A-F]+:$(printf '%04X' "$1") [0-9A-F]+:[0-9A-F]+ 0A " /proc/net/tcp /proc/net/tcp6
}

# fetch PORT PATH: plain HTTP inside the container, for images without curl.
fetch() {
  exec 3<> "/dev/tcp/127.0.0.1/$1"
  printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$2" >&3
  cat <&3
}

case $1 in
  elasticsearch)
    password=$(tr -d '\r\n' < /run/secrets/elastic_password)
    code=$(curl -sS --max-time 10 -o /tmp/health -w '%{http_code}' --cacert /usr/share/elasticsearch/config/certs/ca.crt \
      -K <(printf 'user = "elastic:%s"\n' "$password") \
      'https://localhost:9200/_cluster/health?wait_for_status=yellow&timeout=5s')
    if [[ $code == 401 ]]; then
      echo "PASSWORD: the data volume was made with another password than the secret elastic_password"
      exit 1
    fi
    [[ $code == 200 ]] || { echo "Elasticsearch answered with HTTP status $code"; exit 1; }
    ;;
  logstash)
    fetch 9600 /_node/pipelines/gateway | grep -q '"gateway"' || { echo "the pipeline gateway does not run"; exit 1; }
    listens 5044 || { echo "the Beats input does not listen"; exit 1; }
    listens 8080 || { echo "the webhook does not listen"; exit 1; }
    ;;
  filebeat)
    stats=$(fetch 5066 /stats) || { echo "Filebeat does not answer on port 5066"; exit 1; }
    # Counts the inputs of inputs.d. Inputs of the autodiscover overlay start and stop with their containers.
    grep -q '"module":{"running":[1-9]' <<< "$stats" || { echo "the inputs are not started yet"; exit 1; }
    ;;
  kibana)
    curl -sS --fail --max-time 10 --cacert /usr/share/kibana/certs/ca.crt https://localhost:5601/api/status |
      grep -q '"overall":{"level":"available"' || { echo "Kibana is not available yet"; exit 1; }
    ;;
  proxy)
    listens 9200 && listens 5601 || { echo "the proxy does not listen"; exit 1; }
    ;;
  kafka)
    listens 9092 || { echo "the broker does not listen"; exit 1; }
    ;;
esac
