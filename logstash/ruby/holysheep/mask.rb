# frozen_string_literal: true

require_relative "mask_gates"
require_relative "mask_hints"
require_relative "mask_table"
require_relative "plain_id"
require_relative "uuid"

module HolySheep
  # Masks personal data and secrets in a text, by MaskTable. Every expression is bounded, so that its time grows linearly with
  # the text. A cheap test (hint or gate) decides whether an expression runs at all.
  module Mask
    ESCAPED_ASCII = /\\u00([2-7][0-9A-Fa-f])/

    module_function

    # The masked text. Masking a text a second time changes nothing. UUIDs and most other ids are skipped: no mask matches.
    def text(value)
      return value if Uuid.is?(value) || PlainId.is?(value)

      out = value.include?("\\u00") ? value.gsub(ESCAPED_ASCII) { Regexp.last_match(1).hex.chr } : value
      bits = MaskHints.bits(out)
      lower = bits & MaskHints::ANY_CASE == 0 ? nil : out.downcase(:ascii)
      gates = MaskGates::Looks.new(out)
      keyless = nil
      MaskTable::STEPS.each do |gate, entries, step|
        if gate == "prefix"
          next if keyless.equal?(out) # what a mask has changed is looked at anew

          key?(out, bits) ? entries.each { |entry| out = masked(out, lower, entry) } : keyless = out
        elsif bits & step != 0 && (gate == "hints" || gates.open?(gate, out))
          entries.each { |entry| out = masked(out, lower, entry) if bits & entry.bit != 0 }
        end
      end
      out
    end

    # Whether the prefix of a key may begin a word. Nine of ten texts have none: one look spares them more than a hundred.
    def key?(text, bits)
      bits & MaskHints::PREFIX != 0 && text.match?(MaskTable::LONG_WORD) && text.match?(MaskTable::ANY_PREFIX)
    end

    def masked(text, lower, entry)
      hint?(entry, entry.any_case ? lower : text) ? replaced(text, entry) : text
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
