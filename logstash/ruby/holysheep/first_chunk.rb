# frozen_string_literal: true

require_relative "numbers"
require_relative "slots"

module HolySheep
  # How long a streamed answer let wait for its first part, in ms, as `holysheep.latency.first_chunk_ms`.
  module FirstChunk
    module_function

    # Writes into the document; nothing where the log says nothing of it.
    def write(document, slots, moment, times)
      value = milliseconds(slots, moment, times)
      return if value.nil? || value == Numbers::INVALID

      (document["holysheep"]["latency"] ||= {})["first_chunk_ms"] = value
    end

    def milliseconds(slots, moment, times)
      value = slots[Slots::FIRST_CHUNK_MS]
      return Numbers.amount(value, Numbers::MAX_MS) unless value.nil?

      value = Numbers.amount(slots[Slots::FIRST_CHUNK_S], Numbers::MAX_MS / 1000)
      return value == Numbers::INVALID ? value : (value * 1000).round(3) unless value.nil?

      came = slots[Slots::FIRST_CHUNK_TIME]
      came &&= times.parse(came)
      came && came.ms >= moment.ms ? came.ms - moment.ms : nil
    end
  end
end
