# frozen_string_literal: true

require_relative "numbers"
require_relative "slots"
require_relative "usage_details"

module HolySheep
  # The token counts of a call with one meaning for all providers: input includes cached tokens, output includes reasoning.
  class Usage
    GEMINI = /gemini/i

    # details: a UsageDetails, nil for a call that has none
    attr_reader :input, :output, :cache_read, :cache_write, :cache_write_1h, :reasoning, :total, :details

    # Adds to `problems` what could not be used.
    def initialize(slots, problems)
      @problems = problems
      @invalid = false
      @output_invalid = false
      @output = count(slots, Slots::OUTPUT, "output")
      @output_invalid = @invalid
      slots[Slots::PLAIN_COUNTS] ? read_plain(slots) : read_all(slots)
      return if @invalid

      complete(slots) unless @total.nil?
      think_beside
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
      @input.nil? && @output.nil? && @total.nil? && @cache_read.nil? && @cache_write.nil? && @reasoning.nil?
    end

    # Whether all counts are missing or 0: some clients write a missing usage as zeros.
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

    def read_plain(slots)
      @total = count(slots, Slots::TOTAL, "total")
      @input = count(slots, Slots::INPUT, "input")
    end

    def read_all(slots)
      @reasoning = count(slots, Slots::REASONING, "reasoning")
      @total = count(slots, Slots::TOTAL, "total")
      read_cache_write(slots)
      read_input(slots)
      read_beside(slots)
      @details = UsageDetails.of(slots, @problems)
      @invalid ||= @details.invalid? if @details
    end

    # Anthropic's own API counts cached tokens beside `input_tokens`; everyone else counts them within the prompt.
    # Its two cache counts under its own names next to `input_tokens` tell it apart; OpenAI's responses have others for both.
    def read_input(slots)
      @input = count(slots, Slots::INPUT, "input")
      @cache_read = count(slots, Slots::CACHED, "cached")
      native_read = count(slots, Slots::CACHE_READ_NATIVE, "cached")
      if @input.nil? && !slots[Slots::INPUT_NATIVE].nil?
        @input = count(slots, Slots::INPUT_NATIVE, "input")
        beside = @cache_read.nil? && !@written_within && !(native_read.nil? && @cache_write.nil?)
        # A total that comes with such a count leaves the cached ones out as well.
        @native = @input if beside
        @input += (native_read || 0) + (@cache_write || 0) if beside && @input
      end
      @cache_read ||= native_read
    end

    # Anthropic splits what was written to a cache by how long it is kept.
    def read_cache_write(slots)
      @cache_write = count(slots, Slots::CACHE_WRITE, "cache_write")
      @written_within = !slots[Slots::CACHE_WRITE_WITHIN].nil?
      @cache_write ||= count(slots, Slots::CACHE_WRITE_WITHIN, "cache_write")
      @cache_write_1h = count(slots, Slots::CACHE_WRITE_1H, "cache_write_1h")
      list = slots[Slots::CACHE_WRITE_BY_TTL]
      @cache_write_1h ||= written_for_an_hour(list) if list.is_a?(Array)
      written_5m = count(slots, Slots::CACHE_WRITE_5M, "cache_write_5m")
      @cache_write ||= (written_5m || 0) + (@cache_write_1h || 0) if written_5m || @cache_write_1h
      return if @cache_write_1h.nil? || @invalid || @cache_write_1h <= @cache_write

      @problems << "tokens.cache_write_1h: is more than cache_write (#{@cache_write_1h})"
      @cache_write_1h = @cache_write
    end

    # Bedrock's list: [{"ttl": "1h", "inputTokens": 5}, …]
    def written_for_an_hour(list)
      counts = list.filter_map { |item| Numbers.count(item["inputTokens"]) if item.is_a?(Hash) && item["ttl"] == "1h" }
      counts.all?(Integer) && !counts.empty? ? counts.sum : nil
    end

    # Gemini counts thoughts beside the output and the results of tools beside the prompt; DeepSeek may log the two
    # halves of the prompt alone.
    def read_beside(slots)
      miss = count(slots, Slots::CACHE_MISS, "cache_miss")
      @input = miss + (@cache_read || 0) if @input.nil? && miss
      prompt = count(slots, Slots::INPUT_BESIDE, "input_beside")
      @input = (@input || 0) + prompt if prompt
      thoughts = count(slots, Slots::OUTPUT_BESIDE, "output_beside")
      return unless thoughts

      @output = (@output || 0) + thoughts
      @reasoning ||= thoughts
    end

    # The collector of the documents logs 0 prompt tokens beside the right total; a missing side follows from the rest.
    def complete(slots)
      if @input && @output && @reasoning&.positive? && @total == @input + @output + @reasoning
        # xAI's chat counts reasoning beside the completion; only the total tells.
        @output += @reasoning
      elsif cached_beside?
        # OpenTelemetry's spans of some agents; only the total tells.
        @input += cached
      elsif @input&.zero? && @output&.zero?
        # Noughts beside a total: the parts are not known, and must not be guessed.
        @input = @output = nil if @total.positive?
      elsif @output && (@input || 0).zero? && @total > @output
        @input = @total - @output
      elsif @input && @output.nil? && @total >= @input
        @output = @total - @input
      elsif @input && @output && @total - @output != @input && @total - @output != @native
        beyond(slots)
      end
    end

    def cached
      (@cache_read || 0) + (@cache_write || 0)
    end

    def cached_beside?
      @input && @output && cached.positive? && @total == @input + @output + cached
    end

    # A total that is not the sum. What speaks OpenAI's API for Gemini leaves the thoughts out of the completion, and has
    # no other count of them: https://github.com/vercel/ai/issues/6082
    def beyond(slots)
      more = @total - @input - @output
      return @problems << "tokens.total: is not input and output together (#{@total})" unless more.positive? && thoughts?(slots)

      @problems << "tokens.total: #{more} of it are neither input nor output, and count as reasoning"
      @output += more
      @reasoning = more
    end

    def thoughts?(slots)
      return false unless (@reasoning || 0).zero?

      [slots[Slots::MODEL], slots[Slots::RESPONSE_MODEL]].any? { |name| name.is_a?(String) && name.match?(GEMINI) }
    end

    # More reasoning than output can't be a part of the output, as with Perplexity's research models.
    def think_beside
      output = @output || 0
      return if @reasoning.nil? || total_only? || @reasoning <= output || output + @reasoning > Numbers::MAX_COUNT

      @problems << "tokens.reasoning: is more than the output, and counts beside it (#{@reasoning})"
      @output = output + @reasoning
    end

    def count(slots, slot, name)
      value = slots[slot]
      return nil if value.nil?

      number = Numbers.count(value)
      return number unless number.equal?(Numbers::INVALID)

      @invalid = true
      @problems << "tokens.#{name}: not a count between 0 and #{Numbers::MAX_COUNT} (#{Numbers.shown(value)})"
      nil
    end
  end
end
