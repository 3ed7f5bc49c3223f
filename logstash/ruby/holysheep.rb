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

# Never raises: an event that comes back unchanged goes to the output without an index of its own, so what could not be
# handled is routed to `rejected` by hand.
def filter(event)
  HolySheep::EventContext.events(event, processor)
rescue StandardError, SystemStackError => e
  logger.error("the filter failed on an event", "exception" => e.class.name, "backtrace" => e.backtrace&.first(3))
  HolySheep::EventContext.rescued(event, @holder.current, e)
end

def processor
  rules = @holder.fresh
  known = Thread.current[@key]
  return known[1] if known && known[0].equal?(rules)

  made = HolySheep::Processor.new(rules)
  Thread.current[@key] = [rules, made]
  made
end
