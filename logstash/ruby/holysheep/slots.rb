# frozen_string_literal: true

require_relative "json"

module HolySheep
  # The slots: names for the values of a log line, the same for every source (generator/registry/slots.yaml). A record is
  # an array with one place for each slot; an array, because this is the most used data structure of the filter.
  module Slots
    NAMES = Json.load(File.read(File.join(__dir__, "slots.json"), encoding: "UTF-8")).fetch("slots").freeze
    INDEX = NAMES.each_with_index.to_h.freeze
    COUNT = NAMES.size

    NAMES.each_with_index { |name, index| const_set(name.upcase, index) }

    # One place more: the bits of those groups of rare slots that may have a value, as Extract knows it from the keys; nil
    # where nobody knows. Few records have any of a group, and to look at each of its slots takes time.
    GROUPS = COUNT
    # Token counts other than input, output and total.
    COUNTS = 1
    # How a call was served.
    SERVED = 2
    # Who made it, beside the user.
    CALLER = 4
    # What the request asked for beside its model, and what the answer says beside its counts.
    EXCHANGE = 8
    ALL_GROUPS = COUNTS | SERVED | CALLER | EXCHANGE
    GROUP_OF = {
      COUNTS => [INPUT_NATIVE, *CACHED..SEARCH_UNITS],
      SERVED => [SERVICE_TIER, SPEED, REGION, CACHE_HIT, FIRST_CHUNK_MS, FIRST_CHUNK_S, FIRST_CHUNK_TIME],
      CALLER => [TEAM, API_KEY, TRACE, SERVICE, ENVIRONMENT, CLIENT_IP],
      EXCHANGE => [AGENT, STREAM, MAX_TOKENS, TEMPERATURE, RESPONSE_ID, FINISH_REASONS, RETRIES]
    }.flat_map { |group, slots| slots.map { |slot| [slot, group] } }.to_h.freeze

    # Whether a slot of the group may have a value.
    def self.group?(slots, group)
      groups = slots[GROUPS]
      groups.nil? || (groups & group) != 0
    end

    # Whether one of these slots has a value.
    def self.any?(slots, indexes)
      at = 0
      at += 1 while at < indexes.size && slots[indexes[at]].nil?
      at < indexes.size
    end
  end
end
