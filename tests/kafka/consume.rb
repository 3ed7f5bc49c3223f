# frozen_string_literal: true

# Reads a topic as logstash-integration-kafka does: poll, hand each record over, then commit, unless the client does so by
# itself. Prints each record as a line, and `COMMITTED` on a line of its own after each commit.
# Started with Kafka's client on the class path: consume.rb PROPERTIES_FILE TOPIC

require "java"

properties = java.util.Properties.new
properties.load(java.io.FileReader.new(ARGV.fetch(0)))
commits = properties.getProperty("enable.auto.commit") == "false"
consumer = org.apache.kafka.clients.consumer.KafkaConsumer.new(properties)
consumer.subscribe([ARGV.fetch(1)])
$stdout.binmode
loop do
  records = consumer.poll(java.time.Duration.ofMillis(100))
  next if records.isEmpty

  records.each { |record| $stdout.write(record.value.to_s, "\n") }
  $stdout.flush
  next unless commits

  consumer.commitSync
  $stdout.write("COMMITTED\n")
  $stdout.flush
end
