# frozen_string_literal: true

require_relative "numbers"
require_relative "slots"

module HolySheep
  # The time until the first part of a streamed answer, in ms, as `holysheep.latency.first_chunk_ms`.
  module FirstChunk
    module_function

    # Writes into the document, if the log has the time.
    def write(document, slots, moment, times)
      value = milliseconds(slots, moment, times)
      return if value.nil? || value.equal?(Numbers::INVALID)

      (document[:holysheep][:latency] ||= {})[:first_chunk_ms] = value
    end

    def milliseconds(slots, moment, times)
      value = slots[Slots::FIRST_CHUNK_MS]
      return Numbers.amount(value, Numbers::MAX_MS) unless value.nil?

      value = Numbers.amount(slots[Slots::FIRST_CHUNK_S], Numbers::MAX_MS / 1000)
      return value.equal?(Numbers::INVALID) ? value : (value * 1000).round(3) unless value.nil?

      chunk_time = slots[Slots::FIRST_CHUNK_TIME]
      chunk_time &&= times.parse(chunk_time)
      # LiteLLM writes the end where nothing was streamed.
      return nil if chunk_time.nil? || chunk_time.ms < moment.ms || chunk_time.ms == slots[Slots::END_TIME]&.ms

      chunk_time.ms - moment.ms
    end
  end
end
