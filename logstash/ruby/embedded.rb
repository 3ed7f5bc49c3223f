# frozen_string_literal: true

# The filter without Logstash: lines in on standard input, documents out on standard output, for the embedded mode,
# `process` and the tests. Started as `embedded.rb RULES_FILE`.
#
# In:  `SOURCE ARRIVAL_MS PATH NBYTES OFFSET\n`, the bytes, `\n`. SOURCE, ARRIVAL_MS and PATH may be `-`; PATH is
#      percent-encoded; OFFSET, where in the file the line starts, may be missing; a SOURCE that ends in `!body` marks a webhook's body, which may hold many records.
# Out: one line a frame, in order: a JSON array of {"_index", "_id", "_source"}.

require "json"
require_relative "holysheep/processor"

rules = begin
  HolySheep::Rules.read(ARGV.fetch(0))
rescue HolySheep::Rules::Bad => e
  warn e.message
  exit 2
end
processor = HolySheep::Processor.new(rules)
input = $stdin.binmode
output = $stdout.binmode
context = HolySheep::Context.new

while (head = input.gets)
  source, arrival, path, size, offset = head.split
  line = input.read(size.to_i)
  input.read(1)
  context.body = source.end_with?("!body")
  source = source.delete_suffix("!body")
  context.source = source == "-" || source.empty? ? nil : source
  context.stamped = arrival != "-"
  context.arrival_ms = context.stamped ? arrival.to_i : (Time.now.to_f * 1000).to_i
  context.offset = offset&.to_i
  context.path = path == "-" ? nil : path.gsub(/%(\h\h)/) { Regexp.last_match(1).hex.chr }.force_encoding("UTF-8").scrub
  begin
    outputs = processor.call(line, context)
  rescue StandardError, SystemStackError => e
    # As in holysheep.rb: a line on which the filter fails becomes a rejected line.
    outputs = [HolySheep::Rejection.last(rules, line, context.arrival_ms, e)]
  end
  output.write(JSON.generate(outputs.map { |o| { "_index" => o.index, "_id" => o.id, "_source" => o.document } }), "\n")
  output.flush
end
