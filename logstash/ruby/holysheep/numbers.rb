# frozen_string_literal: true

require_relative "token"

module HolySheep
  # Values of unknown type to numbers. `INVALID` marks a value that is there but can't be meant. It is asked for by `equal?`:
  # with `==`, JRuby compares a number and a symbol as structures that may hold each other.
  module Numbers
    INVALID = :invalid
    MAX_COUNT = 1_000_000_000
    MAX_MS = 1.0e10
    MAX_INTEGER = 10**18
    MAX_USD = 1.0e6
    DIGITS = /\A\s*\d{1,18}(?:\.0{1,9})?\s*\z/
    # What templates and printers write between quotes for a value that is not there; `<no value>` and `<nil>` are Go's.
    NOTHING = ["null", "none", "nil", "undefined", "nan", "-", "<no value>", "<nil>", "<null>", "(null)"].freeze
    ANY_NOTHING = Regexp.union(NOTHING).source.freeze
    ABSENT = /\A\s*(?:#{ANY_NOTHING})?\s*\z/i
    DECIMAL = /\A\s*[+-]?\d{1,18}(?:\.\d{1,40})?(?:[eE][+-]?\d{1,2})?\s*\z/

    module_function

    # Whether a value is such a text, or a blank one.
    def absent?(value)
      value.is_a?(String) && value.match?(ABSENT)
    end

    # A number of tokens: integer 0..10^9, nil when absent, INVALID otherwise. "150" and 150.0 count as 150, "null" as absent.
    def count(value)
      if value.is_a?(Integer)
        return value >= 0 && value <= MAX_COUNT ? value : INVALID
      end
      return nil if value.nil?
      return count_of_text(value) if value.is_a?(String)

      number = float(value)
      return INVALID if number.nil? || number.negative? || number > MAX_COUNT

      whole = number.to_i
      whole == number ? whole : INVALID
    end

    def count_of_text(text)
      return count(text.to_i) if text.match?(DIGITS)

      absent?(text) ? nil : INVALID
    end

    # A finite Float (Integers stay as they are), or nil. A BigDecimal with a huge exponent never becomes an Integer.
    def float(value)
      case value
      when Float then value.finite? ? value : nil
      when Integer then value < MAX_INTEGER && value > -MAX_INTEGER ? value : nil
      when String then value.match?(DECIMAL) ? value.to_f : nil
      when true, false, nil, Hash, Array then nil
      else
        number = value.respond_to?(:to_f) ? value.to_f : nil
        number if number&.finite?
      end
    end

    # A value for a message to people: itself when it can't be prose, else what it is. Not masked yet.
    def shown(value)
      case value
      when Hash then "an object"
      when Array then "a list"
      when String then Token.value?(value) ? value : "a text of #{value.length} characters"
      else value.to_s[0, 64]
      end
    end

    # A quantity in 0..max as Integer or Float, nil when absent, INVALID otherwise.
    def amount(value, max)
      return nil if value.nil?

      number = float(value)
      return number unless number.nil? || number < 0 || number > max

      absent?(value) ? nil : INVALID
    end
  end
end
