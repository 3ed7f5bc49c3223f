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

    # One place more: true where Extract knows that no token count is there but input, output and total. Few records have
    # others, and to look for each takes time.
    PLAIN_COUNTS = COUNT
    OTHER_COUNTS = [INPUT_NATIVE, *CACHED..SEARCH_UNITS].to_h { |slot| [slot, true] }.freeze

    # At a slot: whether it holds a number and nothing else. A status code may be a word.
    NUMBERS = [INPUT, INPUT_NATIVE, OUTPUT, TOTAL, *CACHED..SEARCH_UNITS, LATENCY_MS, LATENCY_S, REPORTED, REPORTED_TICKS,
               REPORTED_INPUT, REPORTED_OUTPUT, MAX_TOKENS, TEMPERATURE, FIRST_CHUNK_MS, FIRST_CHUNK_S, RETRIES,
               REQUESTS, CONFIDENCE, BYTES].each_with_object(Array.new(COUNT, false)) { |slot, numbers| numbers[slot] = true }.freeze

    # Whether one of these slots has a value.
    def self.any?(slots, indexes)
      at = 0
      at += 1 while at < indexes.size && slots[indexes[at]].nil?
      at < indexes.size
    end
  end
end
