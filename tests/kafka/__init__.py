"""The overlay `kafka` on a real broker: Filebeat writes into it, and Kafka's own client reads as Logstash does."""
