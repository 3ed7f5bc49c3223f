# frozen_string_literal: true

require "json"
require_relative "mask_checks"
require_relative "mask_gates"

module HolySheep
  # The masks as data: logstash/rules/masks.json, rendered from generator/registry/masks.yaml. The client's mask.py reads
  # the same table.
  module MaskTable
    # label: what stands for the secret; hints: one of these must be in the text, unless empty; gate: which of MaskGates must
    # match, "prefix" for an expression that begins with its hint, "named" for a name with its value, "always" for another;
    # check: of MaskChecks, or nil; named: whether the first group stays; ascii_hints: those that an ASCII text can hold;
    # any_case: whether the hints, in small letters, stand for capital ones too; bit: see MaskHints.
    Entry = Struct.new(:label, :expression, :hints, :gate, :check, :named, :ascii_hints, :any_case, :bit)

    PATH = File.expand_path("../../rules/masks.json", __dir__)
    # Gates with hints in small letters, for a text in any.
    ANY_CASE = %w[named called].freeze
    # As many as an Integer has that needs no memory of its own.
    BITS = 61
    # The bit of all entries with the gate "prefix", which are looked for together.
    PREFIX = 1 << BITS
    # An expression with two groups matches a name and its value.
    GROUPS = /(?<!\\)\((?!\?)/

    def self.entry(rule, bit)
      source = rule.fetch("expression")
      check = rule["check"] && MaskChecks.method(rule["check"])
      hints = rule.fetch("hints")
      gate = rule.fetch("gate")
      named = source.gsub(/\[(?:\\.|[^\]\\])*\]/, "").scan(GROUPS).size >= 2
      Entry.new(rule.fetch("mask"), Regexp.new(source), hints, gate, check, named, hints.select(&:ascii_only?),
                ANY_CASE.include?(gate), bit).freeze
    end

    # Each entry has a bit of its own, but for those with the gate "prefix".
    def self.entries(rules)
      places = rules.reject { |rule| rule["gate"] == "prefix" }.each_with_index.to_h
      raise "#{PATH}: #{places.size} masks without a form; the filter can tell #{BITS} apart" if places.size > BITS

      rules.map { |rule| entry(rule, places[rule] ? 1 << places[rule] : PREFIX) }
    end

    TABLE = JSON.parse(File.read(PATH, encoding: "UTF-8")).freeze
    ENTRIES = entries(TABLE).freeze
    # The signs of keys, as in generator/registry/mask_forms.py; as many as the shortest one has.
    LONG_WORD = Regexp.new("[A-Za-z0-9_.~:/%+=-]{#{TABLE.filter_map { |rule| rule["least"] }.min}}")
    # In a row [the gate that entries share, or "hints", entries, their bits].
    STEPS = ENTRIES.chunk { |entry| entry.gate == "prefix" || MaskGates::ALL.key?(entry.gate) ? entry.gate : "hints" }
                   .map { |gate, entries| [gate, entries, entries.map(&:bit).reduce(:|)] }.freeze

    # The hints of all entries with this gate.
    def self.hints(gate)
      ENTRIES.select { |entry| entry.gate == gate }.flat_map(&:hints).uniq
    end

    # The prefixes of all entries with the gate "prefix", which begin with START and their only hint.
    def self.prefixes
      ENTRIES.each do |entry|
        next if entry.gate != "prefix" || entry.expression.source.start_with?(MaskGates::START)

        raise "#{PATH}: #{entry.hints[0]} doesn't begin a word"
      end
      hints("prefix")
    end

    # The source of one expression for texts of which one must occur: a tree by their signs, since most texts differ early.
    def self.any_of(texts)
      return "" if texts.any?(&:empty?)

      branches = texts.group_by { |text| text[0] }.map { |sign, all| Regexp.escape(sign) + any_of(all.map { |text| text[1..] }) }
      "#{ahead(texts)}(?:#{branches.join("|")})"
    end

    # The source of a look ahead at the first sign of one of the texts.
    def self.ahead(texts)
      "(?=[#{texts.map { |text| Regexp.escape(text[0]) }.uniq.join}])"
    end

    PREFIXES = prefixes.freeze
    ANY_PREFIX = Regexp.new("#{ahead(PREFIXES)}#{MaskGates::START}#{any_of(PREFIXES)}")
  end
end
