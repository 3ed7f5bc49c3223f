# frozen_string_literal: true

# The script of Logstash's ruby filter (`path`): turns an event that holds a raw line into the events of its documents.
# holysheep/ reads the lines; this file is only the part for Logstash.

require_relative "holysheep/processor"
require_relative "holysheep/event_context"

# script_params: `rules`, the path of the rendered rules.json.
def register(params)
  @holder = HolySheep::RulesHolder.new(params.fetch("rules"), logger)
  # Each worker thread has its own processor, because its caches are not thread-safe.
  @key = :"holysheep_#{object_id}"
end

# Never raises. When the filter fails on an event, the event becomes a rejected line: unchanged it would reach the output
# without an index.
def filter(event)
  HolySheep::EventContext.events(event, processor)
rescue StandardError, SystemStackError => e
  logger.error("the filter failed on an event", "exception" => e.class.name, "backtrace" => e.backtrace&.first(3))
  HolySheep::EventContext.rescued(event, @holder.current, e)
end

def processor
  rules = @holder.fresh
  cached = Thread.current[@key]
  return cached[1] if cached && cached[0].equal?(rules)

  fresh = HolySheep::Processor.new(rules)
  Thread.current[@key] = [rules, fresh]
  fresh
end
