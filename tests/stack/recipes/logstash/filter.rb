# frozen_string_literal: true

# Runs the bundle's own scripts, as Logstash's ruby filter would, on events that come as JSON lines; and its codec, as the
# http input would, on bodies.
#
# In:  {"script": "gateway", "event": {…}}, {"script": "deadletter", "event": {…}, "status": 400, "error": {…}}, or
#      {"script": "webhook", "body": "…", "headers": {…}}.
# Out: a line each, in order: an array of {"_index", "_id", "_source"}; of a body the events for the queue.
# Started as `filter.rb FOLDER_OF_THE_SCRIPTS RULES_FILE INDEX_PREFIX`.

require "json"
require_relative "logstash_classes"
$LOAD_PATH.unshift(File.join(__dir__, "stubs"))

folder, rules, prefix = ARGV
scripts = {
  "gateway" => Script.new(File.join(folder, "holysheep.rb"), { "rules" => rules }),
  "deadletter" => Script.new(File.join(folder, "deadletter.rb"), { "index_prefix" => prefix })
}
require File.join(folder, "logstash", "codecs", "holysheep")
codec = LogStash::Codecs::Holysheep.new("rules" => rules)

# The events of a body, each with the request's headers, as the http input hands them to the queue.
def events_of(codec, task)
  events = []
  codec.decode(task["body"]) do |event|
    event.set("[@metadata][input][http][request][headers]", task["headers"])
    events << event.queued
  end
  events
end

$stdout.binmode
while (line = $stdin.gets)
  task = JSON.parse(line)
  event = task["event"]
  if task["script"] == "webhook"
    $stdout.write(JSON.generate(events_of(codec, task)), "\n")
    $stdout.flush
    next
  end
  if task["script"] == "deadletter"
    # The words of the elasticsearch output, which the script reads.
    answer = { "create" => { "status" => task["status"], "error" => task["error"] } }
    reason = "Could not index event to Elasticsearch. status: #{task['status']}, action: [], response: #{answer.inspect}"
    event["@metadata"] = (event["@metadata"] || {}).merge("dead_letter_queue" => { "reason" => reason })
  end
  $stdout.write(JSON.generate(scripts.fetch(task["script"]).documents(LogStash::Event.new(event))), "\n")
  $stdout.flush
end
