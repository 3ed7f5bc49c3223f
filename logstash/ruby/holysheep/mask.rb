# frozen_string_literal: true

require "json"
require_relative "mask_checks"
require_relative "uuid"

module HolySheep
  # Masks personal data and secrets in a text. The masks are data: logstash/rules/masks.json, rendered from
  # generator/registry/masks.yaml. The client's mask.py reads the same table. Every expression is bounded, so that its time
  # grows linearly with the text. A cheap test (hint or gate) decides whether an expression runs at all.
  module Mask
    # label: what stands for the secret; hints: one of these must be in the text; gate: which of GATES must match; check:
    # of MaskChecks, or nil; named: whether the first group stays.
    Entry = Struct.new(:label, :expression, :hints, :gate, :check, :named)

    RULES = File.expand_path("../../rules/masks.json", __dir__)
    GATES = {
      "digits" => /[0-9][0-9 .()\u00a0\u2009\u202f-]{5}/,
      "capital" => /[A-Z](?:[A-Z] ?|[A-Z]{5})?[0-9]{2}|[0-9]{7}-?[A-Z]/,
      "phone" => %r{[0-9][0-9 .()/\u00a0-]{5}},
      "iban" => /(?:[A-Z]{2}|[a-z]{2})[0-9]{2}[ \u00a0-]?[0-9A-Za-z]{4}/
    }.freeze
    ESCAPED_ASCII = /\\u00([2-7][0-9A-Fa-f])/
    # An expression with two groups matches a name and its value.
    GROUPS = /(?<!\\)\((?!\?)/

    def self.entry(rule)
      source = rule.fetch("expression")
      check = rule["check"] && MaskChecks.method(rule["check"])
      Entry.new(rule.fetch("mask"), Regexp.new(source), rule.fetch("hints"), rule.fetch("gate"), check,
                source.gsub(/\[(?:\\.|[^\]\\])*\]/, "").scan(GROUPS).size >= 2).freeze
    end

    ENTRIES = JSON.parse(File.read(RULES, encoding: "UTF-8")).map { |rule| entry(rule) }.freeze

    module_function

    # The masked text. Masking a text a second time changes nothing. UUIDs are skipped: no mask matches one.
    def text(value)
      return value if Uuid.is?(value)

      out = value.include?("\\u00") ? value.gsub(ESCAPED_ASCII) { Regexp.last_match(1).hex.chr } : value
      lower = out.downcase(:ascii)
      gates = {}
      ENTRIES.each { |entry| out = replaced(out, entry) if possible?(entry, out, lower, gates) }
      out
    end

    def possible?(entry, text, lower, gates)
      gate = GATES[entry.gate]
      return gates.fetch(entry.gate) { gates[entry.gate] = text.match?(gate) } if gate

      searched = entry.gate == "named" ? lower : text
      entry.hints.any? { |hint| searched.include?(hint) }
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
