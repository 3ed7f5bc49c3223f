# frozen_string_literal: true

# The codec of the beats and kafka inputs, without Logstash, for tests/cases/test_line_parts.py.
#
# In:  a line each, JSON: {"data": what the input hands over, "envelope": whether it is Filebeat's event}.
# Out: a line each: an array of the events, without their times.
# Started as `line_parts.rb RULES_FILE`.

require "json"
require_relative "../stack/recipes/logstash/logstash_classes"
$LOAD_PATH.unshift(File.expand_path("../stack/recipes/logstash/stubs", __dir__))
require_relative "../../logstash/ruby/logstash/codecs/holysheep_lines"

codecs = [true, false].to_h do |envelope|
  [envelope, LogStash::Codecs::HolysheepLines.new("rules" => ARGV.fetch(0), "envelope" => envelope)]
end

$stdin.each_line do |line|
  task = JSON.parse(line)
  events = []
  codecs.fetch(task["envelope"]).decode(task["data"]) { |event| events << event.to_hash.except("@timestamp") }
  puts JSON.generate(events)
end
