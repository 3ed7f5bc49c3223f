# frozen_string_literal: true

require_relative "attributes"
require_relative "becoming"
require_relative "json"
require_relative "key_path"
require_relative "numbers"
require_relative "slots"

module HolySheep
  # Applies the optional keys of a source's YAML: records in lists, attributes, outcomes, what a record becomes. A source
  # with `keys` alone has no reader and pays nothing for it.
  class Reader
    OPTIONS = %w[records attributes parse values scale sum outcome id_from becomes otherwise columns patterns metadata].freeze
    CALL_SLOTS = [Slots::MODEL, Slots::INPUT, Slots::INPUT_NATIVE, Slots::OUTPUT, Slots::TOTAL, Slots::LATENCY_MS,
                  Slots::RESPONSE_MODEL, Slots::STATUS_CODE].freeze
    NO_KEYS = [].freeze

    # The reader of a source's rules; nil for a source that needs none.
    def self.of(rules)
      OPTIONS.any? { |name| rules.key?(name) } ? new(rules) : nil
    end

    # Whether a record of a shape is a call, by what it fills.
    def self.call?(shape, slots)
      return true unless slots[Slots::MODEL].nil?
      return true if shape.name == "error_event" && (slots[Slots::CATEGORY] || slots[Slots::ERROR])

      Slots.any?(slots, CALL_SLOTS)
    end

    attr_reader :columns, :patterns, :otherwise

    def initialize(rules)
      @records = rules.fetch("records", [])
      @attributes = rules.fetch("attributes", [])
      @parse = rules.fetch("parse", [])
      @outcome = rules.fetch("outcome", [])
      @columns = rules.fetch("columns", [])
      @patterns = rules.fetch("patterns", []).map { |pattern| Regexp.new(pattern) }
      @otherwise = rules.fetch("otherwise", "rejected")
      compile_slots(rules)
      metadata = rules.fetch("metadata", {})
      @allow = metadata.fetch("others", "keep") == "drop" ? metadata.fetch("allow", []) : nil
    end

    # The records within a record, each with what it inherits; nil when there is no list of them.
    def records(record)
      @records.empty? ? nil : records_by_rule(record)
    end

    # Keys of a record whose lists hold records.
    def list_keys
      @records.map { |rule| rule["in"][0] }
    end

    # The keys that lead to the record's list of records, nil when there is none.
    def list_path(record)
      rule_of(record)&.fetch("in")
    end

    # Keys that each record of the source has, where other senders use the name of its list, too.
    def own_keys(record)
      rule_of(record).fetch("own", NO_KEYS)
    end

    # Attribute lists and JSON texts become objects, in place: they may be shared by many records.
    def prepare(record)
      return record if @parse.empty? && @attributes.empty?

      @parse.each { |path| KeyPath.replace(record, path) { |value| parsed(value) } }
      @attributes.each { |path| KeyPath.replace(record, path) { |value| Attributes.object(value) } }
      record
    end

    # Applies the source's rules for slots and values to an extracted record.
    def finish(extract, record)
      slots = extract.slots
      compute(slots, record) if @computes
      slots[Slots::REPORTED] = total_of_parts(slots) if slots[Slots::REPORTED].nil?
      judge(slots, record) unless @outcome.empty?
      identify(slots)
      extract.keep_only(@allow) if @allow
    end

    # What the record is: call, step, usage, canary, test, ignored or rejected.
    def kind(slots)
      return call?(slots) ? "call" : @otherwise if @becomes.empty?

      at = 0
      at += 1 until at == @becomes.size || @becomes[at].fits?(slots)
      at < @becomes.size ? @becomes[at].kind : @otherwise
    end

    private

    def records_by_rule(record)
      rule = rule_of(record)
      rule && collect(record, rule["in"], 0, rule.fetch("with", []), {}, [])
    end

    def rule_of(record)
      @records.find { |rule| record.key?(rule["in"][0]) }
    end

    def compute(slots, record)
      slots[Slots::PLAIN_COUNTS] = nil
      @sum.each { |slot, paths| add(slots, slot, paths, record) }
      parts_within(slots, record) if @sum.key?(Slots::INPUT) && @sum.key?(Slots::OUTPUT)
      @scale.each { |slot, factor| scale(slots, slot, factor) }
      @values.each { |slot, words| slots[slot] = words[slots[slot].to_s] || slots[slot] unless slots[slot].nil? }
    end

    def compile_slots(rules)
      @values = by_slot(rules["values"])
      @scale = by_slot(rules["scale"]).transform_values { |factor| Rational(factor) }
      @sum = by_slot(rules["sum"])
      @id_from = rules.fetch("id_from", []).map { |name| Slots::INDEX.fetch(name) }
      @computes = [@sum, @scale, @values].any? { |by_slot| !by_slot.empty? }
      @becomes = rules.fetch("becomes", []).map { |rule| Becoming.new(rule) }
    end

    def by_slot(hash)
      (hash || {}).transform_keys { |name| Slots::INDEX.fetch(name) }
    end

    def collect(value, steps, depth, with, inherited, records)
      (value.is_a?(Array) ? value : [value]).each do |item|
        if depth == steps.size
          records << (item.is_a?(Hash) && !inherited.empty? ? inherited.merge(item) : item)
        elsif item.is_a?(Hash)
          below = with.any? { |key| item.key?(key) } ? inherited.merge(item.slice(*with)) : inherited
          inner = item[steps[depth]]
          collect(inner, steps, depth + 1, with, below, records) unless inner.nil?
        end
      end
      records
    end

    def parsed(value)
      return value unless value.is_a?(String) && value.match?(/\A\s*[{\[]/)

      Json.try(value) || value
    end

    def add(slots, slot, paths, record)
      numbers = paths.filter_map { |path| Numbers.float(KeyPath.at(record, path)) }
      slots[slot] = numbers.sum unless numbers.empty?
    end

    # Some writers count the parts within the first number as well: then the total is that of the first numbers alone, and
    # the sums would count the parts twice.
    def parts_within(slots, record)
      total = Numbers.float(slots[Slots::TOTAL])
      return if total.nil? || [Slots::INPUT, Slots::OUTPUT].sum { |slot| Numbers.float(slots[slot]) || 0 } == total

      input, output = [Slots::INPUT, Slots::OUTPUT].map { |slot| first_number(@sum[slot], record) }
      slots[Slots::INPUT], slots[Slots::OUTPUT] = input, output if input && output && input + output == total
    end

    def first_number(paths, record)
      paths.each { |path| (number = Numbers.float(KeyPath.at(record, path))) && (return number) }
      nil
    end

    def scale(slots, slot, factor)
      number = Numbers.float(slots[slot])
      slots[slot] = (number.is_a?(Integer) ? number * factor : number.to_r * factor).to_f if number
    end

    # The reported cost from its parts, where both are there or one of them is all.
    def total_of_parts(slots)
      return nil if slots[Slots::REPORTED_INPUT].nil? && slots[Slots::REPORTED_OUTPUT].nil?

      parts = [slots[Slots::REPORTED_INPUT], slots[Slots::REPORTED_OUTPUT]].filter_map { |part| Numbers.float(part) }
      parts.empty? ? nil : parts.sum
    end

    def judge(slots, record)
      rule = @outcome.find { |candidate| candidate["values"].include?(KeyPath.at(record, candidate["path"]).to_s) }
      return unless rule

      slots[Slots::STATUS] = rule["outcome"] == "failure" ? "error" : "success"
      slots[Slots::ERROR_CODE] = rule["code"] if rule["code"] && slots[Slots::ERROR_CODE].nil?
    end

    # The first of `id_from` must be there: an id of the others alone would join what does not belong together.
    def identify(slots)
      return if @id_from.empty? || !slots[Slots::ID].nil?

      parts = @id_from.map { |slot| slots[slot] }
      slots[Slots::ID] = parts.join(":") unless parts[0].nil?
    end

    def call?(slots)
      Slots.any?(slots, CALL_SLOTS)
    end
  end
end
