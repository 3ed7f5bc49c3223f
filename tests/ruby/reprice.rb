# frozen_string_literal: true

# The whole filter with two price cards, for tests/cases/test_reprice.py. The first line in is the part of the rules that
# is no price card. Then one JSON line in, one out: {"cards": [price rules, price rules], "source": …, "arrival_ms": …,
# "lines": [...]} gives for each card the documents of each line.

require "json"
require_relative "../../logstash/ruby/holysheep/processor"

def documents(rules, request)
  processor = HolySheep::Processor.new(HolySheep::Rules.new(rules))
  context = HolySheep::Context.new(request["source"], request["arrival_ms"], true)
  request["lines"].map do |line|
    processor.call(line, context).map { |out| { "_index" => out.index, "_id" => out.id, "_source" => out.document } }
  end
end

registry = JSON.parse($stdin.gets)
while (line = $stdin.gets)
  request = JSON.parse(line)
  puts JSON.generate(request["cards"].map { |card| documents({ **card, **registry }, request) })
  $stdout.flush
end
