"""The real Filebeat as a local process, with the rendered configuration, against a Logstash that only counts."""
