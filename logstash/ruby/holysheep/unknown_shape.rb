# frozen_string_literal: true

require_relative "rejection"
require_relative "token"

module HolySheep
  # Why a record is a line of no source: the nearest one, and what the record lacks of it. Names of keys only, since values
  # may be anything.
  module UnknownShape
    MAX_KEYS = 8

    module_function

    # source: the one that the line was said to be of, or nil.
    def of(rules, record, source)
      nearest, there, missing = rules.nearest(record, source ? [source] : rules.sources.values)
      detail = if nearest && !missing.empty? then "nearest is #{nearest.name}: #{names(there)} fits, #{names(missing)} is missing"
               elsif source then "no model, tokens, latency or status where #{source.name} has them"
               else "no source has one of these keys"
               end
      Rejection::Reject.new("unknown_shape", "#{detail} (keys: #{names(record.keys)})")
    end

    def names(keys)
      keys.first(MAX_KEYS).map { |key| name(key.is_a?(Array) ? key.join(".") : key) }.join(", ")
    end

    # A key may be prose, too.
    def name(key)
      Token.key?(key) ? key : "a key of #{key.length} characters"
    end
  end
end
