# frozen_string_literal: true

require_relative "numbers"
require_relative "slots"

module HolySheep
  # The token counts of a call in one meaning: input includes cached tokens, output includes reasoning.
  class Usage
    attr_reader :input, :output, :cache_read, :cache_write, :reasoning, :total

    # Adds to `problems` what could not be used.
    def initialize(slots, problems)
      @problems = problems
      @invalid = false
      @output_invalid = false
      @output = count(slots, Slots::OUTPUT, "output")
      @output_invalid = @invalid
      @reasoning = count(slots, Slots::REASONING, "reasoning")
      @cache_write = count(slots, Slots::CACHE_WRITE, "cache_write")
      @total = count(slots, Slots::TOTAL, "total")
      read_input(slots)
      complete unless @total.nil? || @invalid
    end

    def invalid?
      @invalid
    end

    # Whether there is an output count that can't be meant; an absent one is something else.
    def output_invalid?
      @output_invalid
    end

    # No count at all, as a stream without usage leaves it.
    def unknown?
      [@input, @output, @total, @cache_read, @cache_write, @reasoning].all?(&:nil?)
    end

    # No count, or nothing but noughts, which is how a client writes a missing usage down.
    def none?
      (@input || 0).zero? && (@output || 0).zero? && (@total || 0).zero?
    end

    def total_only?
      @input.nil? && @output.nil?
    end

    def sum
      total_only? ? @total : (@input || 0) + (@output || 0)
    end

    private

    # Anthropic's own API counts cached tokens beside `input_tokens`; everyone else counts them within the prompt.
    # Its two cache counts under its own names next to `input_tokens` tell it apart.
    def read_input(slots)
      @input = count(slots, Slots::INPUT, "input")
      @cache_read = count(slots, Slots::CACHED, "cached")
      native_read = count(slots, Slots::CACHE_READ_NATIVE, "cached")
      if @input.nil? && !slots[Slots::INPUT_NATIVE].nil?
        @input = count(slots, Slots::INPUT_NATIVE, "input")
        beside = @cache_read.nil? && !(native_read.nil? && @cache_write.nil?)
        # A total that comes with such a count leaves the cached ones out as well.
        @native = @input if beside
        @input += (native_read || 0) + (@cache_write || 0) if beside && @input
      end
      @cache_read ||= native_read
    end

    # The collector of the documents logs 0 prompt tokens beside the right total; a missing side follows from the rest.
    def complete
      if @input&.zero? && @output&.zero?
        # Noughts beside a total: the parts are not known, and must not be guessed.
        @input = @output = nil if @total.positive?
      elsif @output && (@input || 0).zero? && @total > @output
        @input = @total - @output
      elsif @input && @output.nil? && @total >= @input
        @output = @total - @input
      elsif @input && @output && ![@input, @native].compact.include?(@total - @output)
        @problems << "tokens.total: is not input and output together (#{@total})"
      end
    end

    def count(slots, slot, name)
      value = slots[slot]
      return nil if value.nil?

      number = Numbers.count(value)
      return number unless number == Numbers::INVALID

      @invalid = true
      @problems << "tokens.#{name}: not a count between 0 and #{Numbers::MAX_COUNT} (#{Numbers.shown(value)})"
      nil
    end
  end
end
