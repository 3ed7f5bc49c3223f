# frozen_string_literal: true

require_relative "mask_gates"
require_relative "mask_table"
require_relative "plain_id"
require_relative "uuid"

module HolySheep
  # Masks personal data and secrets in a text, by MaskTable. Every expression is bounded, so that its time grows linearly with
  # the text. A cheap test (hint or gate) decides whether an expression runs at all.
  module Mask
    # Gates with hints in small letters, for a text in any.
    ANY_CASE = %w[named called].freeze
    ESCAPED_ASCII = /\\u00([2-7][0-9A-Fa-f])/

    module_function

    # The masked text. Masking a text a second time changes nothing. UUIDs and most other ids are skipped: no mask matches.
    def text(value)
      return value if Uuid.is?(value) || PlainId.is?(value)

      out = value.include?("\\u00") ? value.gsub(ESCAPED_ASCII) { Regexp.last_match(1).hex.chr } : value
      lower = out.downcase(:ascii)
      gates = {}
      MaskTable::STEPS.each do |gate, entries|
        next unless gate == "hints" || open?(gate, out, gates)

        entries.each { |entry| out = replaced(out, entry) if hint?(entry, ANY_CASE.include?(entry.gate) ? lower : out) }
      end
      out
    end

    # Whether a gate's entries may match. Nine of ten texts have no key's prefix: one look spares them nearly two hundred.
    def open?(gate, text, gates)
      return gates.fetch(gate) { gates[gate] = text.match?(MaskGates::ALL[gate]) } unless gate == "prefix"
      return gates["prefix"] if gates["text"].equal?(text)

      gates["text"] = text # what a mask has changed is looked at anew
      gates["prefix"] = text.match?(MaskTable::ANY_PREFIX)
    end

    def hint?(entry, text)
      return true if entry.hints.empty?

      hints = text.ascii_only? ? entry.ascii_hints : entry.hints
      at = 0
      at += 1 until at == hints.size || text.include?(hints[at])
      at < hints.size
    end

    # `match?` first: most texts match nothing, and `gsub` would copy them each time.
    def replaced(text, entry)
      return text unless text.match?(entry.expression)

      text.gsub(entry.expression) do
        match = Regexp.last_match
        name = entry.named ? match[1] : nil
        value = name ? match[2] : match[0]
        next match[0] if entry.check && !entry.check.call(value)

        name ? name + entry.label : entry.label
      end
    end
  end
end
