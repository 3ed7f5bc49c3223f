# frozen_string_literal: true

require_relative "slots"

module HolySheep
  # One rule of a source's `becomes`: the kind of a record whose slots fit. Asked of every record; loops instead of blocks,
  # since JRuby makes several objects for each block.
  class Becoming
    attr_reader :kind

    # rule: {"kind", "when": {slot: words}, "any": slots}
    def initialize(rule)
      @kind = rule["kind"]
      @when = (rule["when"] || {}).map { |name, words| [Slots::INDEX.fetch(name), words.to_h { |word| [word.downcase, true] }] }
      @any = rule.fetch("any", []).map { |name| Slots::INDEX.fetch(name) }
    end

    # Whether one slot of `when` has one of its words, and one slot of `any` has a value.
    def fits?(slots)
      word?(slots) && (@any.empty? || Slots.any?(slots, @any))
    end

    private

    def word?(slots)
      return true if @when.empty?

      at = 0
      at += 1 until at == @when.size || has_word?(slots, @when[at])
      at < @when.size
    end

    def has_word?(slots, slot_and_words)
      value = slots[slot_and_words[0]]
      slot_and_words[1].key?(value.nil? ? "" : value.to_s.downcase)
    end
  end
end
