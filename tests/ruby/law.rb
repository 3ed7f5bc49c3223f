# frozen_string_literal: true

# Prices and matches by the filter's own Ruby, for tests/cases/test_cost_law.py. One JSON line in, one out:
# {"rules": price rules, "calls": [...]} gives a list of outcomes; {"rules": ..., "names": [...]} a list of matches
# and families.

require "json"
require_relative "../../logstash/ruby/holysheep/pricing"

Usage = Struct.new(:input, :output, :cache_read, :cache_write, :reasoning, :total, :cache_write_1h, :details) do
  def invalid? = to_a[..6].compact.any? { |count| !count.between?(0, HolySheep::Numbers::MAX_COUNT) } || !!details&.invalid?
  def output_invalid? = !output.nil? && !output.between?(0, HolySheep::Numbers::MAX_COUNT)
  def unknown? = to_a[..5].all?(&:nil?)
  def none? = [input, output, total].all? { |count| (count || 0).zero? }
  def total_only? = input.nil? && output.nil?
  def sum = total_only? ? total : (input || 0) + (output || 0)
end
Moment = Struct.new(:ms)

# As Usage makes them of a line's slots.
def details(call)
  slots = Array.new(HolySheep::Slots::COUNT)
  HolySheep::UsageDetails::SLOTS.each { |name, slot| slots[slot] = call[name.to_s] }
  HolySheep::UsageDetails::UNITS.each { |name, slot| slots[slot] = call["units"][name] } if call["units"]
  slots[HolySheep::Slots::TOOL_COUNTS] = call["tools"]
  HolySheep::UsageDetails.of(slots, [])
end

def outcome(pricing, call)
  usage = Usage.new(*call.values_at("input", "output", "cache_read", "cache_write", "reasoning", "total",
                                     "cache_write_1h"), details(call))
  names = call.values_at("model", "response_model")
  names.reverse! if pricing.card.served?
  name = names.compact.first
  match = name && pricing.card.match(name)
  part = {}
  pricing.write(part, match, usage, Moment.new(call["at_ms"]), call["failed"], true, call["service_tier"], call["region"],
                nil, name)
  part
end

def named(card, name)
  match = card.match(name)
  { match: match && [match.model.id, match.rule], family: card.family_of(name) }
end

while (line = $stdin.gets)
  request = JSON.parse(line)
  pricing = HolySheep::Pricing.new(request["rules"])
  answer = if request["names"]
             request["names"].map { |name| named(pricing.card, name) }
           else
             request["calls"].map { |call| outcome(pricing, call) }
           end
  puts JSON.generate(answer)
  $stdout.flush
end
