# frozen_string_literal: true

# The dead letter pipeline's own Ruby, for tests/cases/test_deadletter.py: one JSON line [event, metadata] in, one
# {"_index", "_id", "_source"} out.

require "json"
require_relative "../../logstash/ruby/holysheep/deadletter"

letters = HolySheep::Deadletter.new("holysheep")
$stdin.each_line do |line|
  output = letters.call(*JSON.parse(line))
  puts JSON.generate({ "_index" => output.index, "_id" => output.id, "_source" => output.document })
end
