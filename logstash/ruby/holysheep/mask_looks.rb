# frozen_string_literal: true

require_relative "mask_gates"
require_relative "mask_hints"
require_relative "mask_table"

module HolySheep
  # What was seen in one text, so that nothing is looked for twice.
  class MaskLooks
    def initialize(text)
      @text = text
      @bits = MaskHints.bits(text)
      @gates = {}
    end

    # Whether the text may have a hint of the entries with these bits.
    def hint?(bits)
      @bits & bits != 0
    end

    # Whether a mask with this gate may match. `text` is what the masks have made of the text so far.
    def open?(gate, text)
      case gate
      when "hints" then true
      when "prefix" then key?(text)
      else @gates.fetch(gate) { @gates[gate] = digits >= MaskGates::DIGITS[gate] && text.match?(MaskGates::ALL[gate]) }
      end
    end

    private

    # Nine of ten texts have no prefix of a key: one look spares them more than a hundred. What a mask has changed is looked at anew.
    def key?(text)
      return @key if @looked_at.equal?(text)

      @looked_at = text
      @key = text.match?(MaskTable::LONG_WORD) && text.match?(MaskTable::ANY_PREFIX)
    end

    def digits
      @digits ||= @text.count("0-9")
    end
  end
end
