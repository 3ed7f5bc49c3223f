# frozen_string_literal: true

require_relative "rejection"
require_relative "token"

module HolySheep
  # Explains why a record fits no source: the nearest source, and the keys that the record lacks. Only names of keys are
  # named, since values may be private.
  module UnknownShape
    MAX_KEYS = 8

    module_function

    # source: the one that the line was said to be of, or nil.
    def of(rules, record, source)
      nearest, present, missing = rules.nearest(record, source ? [source] : rules.sources.values)
      detail = if nearest && !missing.empty? then "nearest is #{nearest.name}: #{names(present)} fits, #{names(missing)} is missing"
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
