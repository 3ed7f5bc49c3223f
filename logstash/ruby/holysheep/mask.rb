# frozen_string_literal: true

require_relative "mask_hints"
require_relative "mask_looks"
require_relative "mask_table"
require_relative "mask_wide"
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
      out = MaskWide.replaced(out) { |number| text(number) }
      looks = MaskLooks.new(out)
      lower = looks.hint?(MaskHints::ANY_CASE) ? out.downcase(:ascii) : nil
      MaskTable::STEPS.each do |gate, entries, bits|
        next unless looks.hint?(bits) && looks.open?(gate, out)

        entries.each { |entry| out = masked(out, lower, entry) if looks.hint?(entry.bit) }
      end
      out
    end

    def masked(text, lower, entry)
      hint?(entry, entry.any_case ? lower : text) ? replaced(text, entry) : text
    end

    def hint?(entry, text)
      entry.hints.empty? || MaskHints.any?(text.ascii_only? ? entry.ascii_hints : entry.hints, text)
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
