"""The bundle without Docker: a local Elasticsearch, the Ruby filter under JRuby, and a feeder in Python."""
