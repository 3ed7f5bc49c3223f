# frozen_string_literal: true

# The codec of the http input and the script of the ruby filter together, without Logstash, for tests/cases/test_webhook.py.
#
# In:  a line each, JSON: {"body": …, "encoding": "chunked"} for the documents that come out; with "stop": N the receiver of
#      the events raises at the N-th.
# Out: a line each: {"documents": [{"_index", "_id", "_source"}], "events": N, "error": "…" or null, "raw": events that hold
#      the text of the body}.
# Started as `webhook.rb RULES_FILE`.

require "json"
require_relative "../stack/recipes/logstash/logstash_classes"
$LOAD_PATH.unshift(File.expand_path("../stack/recipes/logstash/stubs", __dir__))
require_relative "../../logstash/ruby/logstash/codecs/holysheep"

rules = ARGV.fetch(0)
codec = LogStash::Codecs::Holysheep.new("rules" => rules)
filter = Script.new(File.expand_path("../../logstash/ruby/holysheep.rb", __dir__), { "rules" => rules })

$stdin.each_line do |line|
  task = JSON.parse(line)
  events = []
  error = nil
  begin
    codec.decode(task["body"]) do |event|
      raise IOError, "the queue is closed" if events.size == task["stop"]

      # As the http input does with every event of a codec.
      event.set("[@metadata][input][http][request][headers]", { "transfer_encoding" => task["encoding"] })
      event.set("[url][path]", "/")
      events << event
    end
  rescue IOError => e
    error = e.message
  end
  documents = events.flat_map { |event| filter.documents(event) }
  raw = events.count { |event| event.get("message").to_s.match?(/\S/) }
  puts JSON.generate("documents" => documents, "events" => events.size, "error" => error, "raw" => raw)
end
