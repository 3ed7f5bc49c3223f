# frozen_string_literal: true

# The script of Logstash's ruby filter (`path`): turns an event that holds a raw line into the events of its documents.
# What the lines mean is in holysheep/; here is only what Logstash needs.

require_relative "holysheep/processor"
require_relative "holysheep/event_context"

# script_params: `rules`, the path of the rendered rules.json.
def register(params)
  @holder = HolySheep::RulesHolder.new(params.fetch("rules"), logger)
  # One processor a worker thread: it owns caches that are not made to be shared.
  @key = :"holysheep_#{object_id}"
end

def filter(event)
  HolySheep::EventContext.events(event, processor)
end

def processor
  rules = @holder.fresh
  known = Thread.current[@key]
  return known[1] if known && known[0].equal?(rules)

  made = HolySheep::Processor.new(rules)
  Thread.current[@key] = [rules, made]
  made
end
