# frozen_string_literal: true

require_relative "numbers"
require_relative "slots"

module HolySheep
  # Builds the part of a document that a synthetic line has. compose/scripts/canary.sh writes such lines.
  module Canary
    module_function

    def part(slots, text)
      part = { path: text.keep_up_to(slots[Slots::STEP], 32), sequence: Numbers.float(slots[Slots::REQUESTS])&.to_i,
               previous_ms: Numbers.float(slots[Slots::LATENCY_MS])&.to_i }
      part[:previous_missing] = true if slots[Slots::STATUS] == "missing"
      part.compact
    end
  end
end
