# frozen_string_literal: true

# Runs the bundle's own scripts, as Logstash's ruby filter would, on events that come as JSON lines.
#
# In:  {"script": "gateway", "event": {…}}, or {"script": "deadletter", "event": {…}, "status": 400, "error": {…}}.
# Out: a line each, in order: an array of {"_index", "_id", "_source"}.
# Started as `filter.rb FOLDER_OF_THE_SCRIPTS RULES_FILE INDEX_PREFIX`.

require "json"
require_relative "logstash_classes"

folder, rules, prefix = ARGV
scripts = {
  "gateway" => Script.new(File.join(folder, "holysheep.rb"), { "rules" => rules }),
  "deadletter" => Script.new(File.join(folder, "deadletter.rb"), { "index_prefix" => prefix })
}
$stdout.binmode
while (line = $stdin.gets)
  task = JSON.parse(line)
  event = task["event"]
  if task["script"] == "deadletter"
    # The words of the elasticsearch output, which the script reads.
    answer = { "create" => { "status" => task["status"], "error" => task["error"] } }
    reason = "Could not index event to Elasticsearch. status: #{task['status']}, action: [], response: #{answer.inspect}"
    event["@metadata"] = (event["@metadata"] || {}).merge("dead_letter_queue" => { "reason" => reason })
  end
  $stdout.write(JSON.generate(scripts.fetch(task["script"]).documents(LogStash::Event.new(event))), "\n")
  $stdout.flush
end
