# frozen_string_literal: true

require "json"
require_relative "mask_checks"
require_relative "uuid"

module HolySheep
  # Masks personal data and secrets in a text. The masks are data: logstash/rules/masks.json, rendered from
  # generator/registry/masks.yaml. The client's mask.py reads the same table. Every expression is bounded, so that its time
  # grows linearly with the text. A cheap test (hint or gate) decides whether an expression runs at all.
  module Mask
    # label: what stands for the secret; hints: one of these must be in the text; gate: which of GATES must match, "prefix"
    # for an expression that begins with its hint; check: of MaskChecks, or nil; named: whether the first group stays;
    # ascii_hints: those that an ASCII text can hold.
    Entry = Struct.new(:label, :expression, :hints, :gate, :check, :named, :ascii_hints)

    RULES = File.expand_path("../../rules/masks.json", __dir__)
    GATES = {
      "digits" => /[0-9][0-9 .()\u00a0\u2009\u202f-]{5}/,
      "capital" => /[A-Z](?:[A-Z] ?|[A-Z]{5})?[0-9]{2}|[0-9]{7}-?[A-Z]/,
      "phone" => %r{[0-9][0-9 .()/\u00a0-]{5}},
      "iban" => /(?:[A-Z]{2}|[a-z]{2})[0-9]{2}[ \u00a0-]?[0-9A-Za-z]{4}/
    }.freeze
    # Where a word begins, as in generator/registry/masks.py.
    START = '(?:(?<![A-Za-z0-9])|(?<=\\\\[nrtbf])|(?<=%[0-9A-Fa-f]{2}))'
    ESCAPED_ASCII = /\\u00([2-7][0-9A-Fa-f])/
    # An expression with two groups matches a name and its value.
    GROUPS = /(?<!\\)\((?!\?)/

    def self.entry(rule)
      source = rule.fetch("expression")
      check = rule["check"] && MaskChecks.method(rule["check"])
      hints = rule.fetch("hints")
      Entry.new(rule.fetch("mask"), Regexp.new(source), hints, rule.fetch("gate"), check,
                source.gsub(/\[(?:\\.|[^\]\\])*\]/, "").scan(GROUPS).size >= 2, hints.select(&:ascii_only?)).freeze
    end

    ENTRIES = JSON.parse(File.read(RULES, encoding: "UTF-8")).map { |rule| entry(rule) }.freeze
    # In a row [the gate that entries share, or "hints", entries].
    STEPS = ENTRIES.chunk { |entry| entry.gate == "prefix" || GATES.key?(entry.gate) ? entry.gate : "hints" }.to_a.freeze

    # One expression for the prefixes of all entries with the gate "prefix", which begin with START and their only hint.
    def self.any_prefix
      entries = ENTRIES.select { |entry| entry.gate == "prefix" }
      entries.each { |entry| entry.expression.source.start_with?(START) or raise "#{RULES}: #{entry.hints[0]} doesn't begin a word" }
      by_letter = entries.flat_map(&:hints).uniq.group_by { |prefix| prefix[0] }
      words = by_letter.map { |letter, prefixes| "#{letter}(?:#{prefixes.map { |prefix| Regexp.escape(prefix[1..]) }.join("|")})" }
      Regexp.new("(?=[#{by_letter.keys.join}])#{START}(?:#{words.join("|")})")
    end

    ANY_PREFIX = any_prefix

    module_function

    # The masked text. Masking a text a second time changes nothing. UUIDs are skipped: no mask matches one.
    def text(value)
      return value if Uuid.is?(value)

      out = value.include?("\\u00") ? value.gsub(ESCAPED_ASCII) { Regexp.last_match(1).hex.chr } : value
      lower = out.downcase(:ascii)
      gates = {}
      STEPS.each do |gate, entries|
        if gate == "hints"
          entries.each { |entry| out = replaced(out, entry) if hint?(entry, entry.gate == "named" ? lower : out) }
        elsif open?(gate, out, gates)
          entries.each { |entry| out = replaced(out, entry) if gate != "prefix" || hint?(entry, out) }
        end
      end
      out
    end

    # Whether a gate's entries may match. Nine of ten texts have no key's prefix: one look spares them nearly two hundred.
    def open?(gate, text, gates)
      return gates.fetch(gate) { gates[gate] = text.match?(GATES[gate]) } unless gate == "prefix"
      return gates["prefix"] if gates["text"].equal?(text)

      gates["text"] = text # what a mask has changed is looked at anew
      gates["prefix"] = text.match?(ANY_PREFIX)
    end

    def hint?(entry, text)
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
