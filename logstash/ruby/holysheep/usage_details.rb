# frozen_string_literal: true

require_relative "numbers"
require_relative "slots"

module HolySheep
  # What a call used beside its plain token counts: audio and image tokens, calls of the provider's tools, and what is
  # billed by the piece. Few lines have any of it; `of` gives nil for the others.
  class UsageDetails
    SLOTS = { input_audio: Slots::INPUT_AUDIO, input_image: Slots::INPUT_IMAGE, cached_audio: Slots::CACHED_AUDIO,
              cached_image: Slots::CACHED_IMAGE, output_audio: Slots::OUTPUT_AUDIO, output_image: Slots::OUTPUT_IMAGE }.freeze
    LISTS = { input: [Slots::INPUT_BY_MODALITY, Slots::INPUT_BESIDE_BY_MODALITY], cached: [Slots::CACHED_BY_MODALITY],
              output: [Slots::OUTPUT_BY_MODALITY] }.freeze
    MODALITIES = { "AUDIO" => "audio", "IMAGE" => "image", "DOCUMENT" => "image" }.freeze
    TOOLS = { "web_search" => Slots::WEB_SEARCH_CALLS, "web_fetch" => Slots::WEB_FETCH_CALLS,
              "file_search" => Slots::FILE_SEARCH_CALLS, "code_execution" => Slots::CODE_EXECUTION_CALLS,
              "x_search" => Slots::X_SEARCH_CALLS, "document_search" => Slots::DOCUMENT_SEARCH_CALLS }.freeze
    UNITS = { "images" => Slots::IMAGES, "audio_seconds" => Slots::AUDIO_SECONDS, "video_seconds" => Slots::VIDEO_SECONDS,
              "characters" => Slots::CHARACTERS, "pages" => Slots::PAGES, "search_units" => Slots::SEARCH_UNITS }.freeze
    # Items of an answer of OpenAI's responses API; code runs are billed by the session there, not by the call.
    ITEMS = { "web_search_call" => "web_search", "file_search_call" => "file_search" }.freeze
    # They stand together in slots.yaml, so that a line without any of them pays for one short walk.
    FIRST = Slots::INPUT_AUDIO
    LAST = Slots::SEARCH_UNITS
    NAME = /\A[a-z][a-z0-9_.-]{0,63}\z/
    MAX_NAMES = 32

    # nil for a call without such counts.
    def self.of(slots, problems)
      index = FIRST
      while index <= LAST
        value = slots[index]
        return new(slots, problems) unless value.nil? || (value.is_a?(Integer) && value.zero?)

        index += 1
      end
      nil
    end

    SLOTS.each_key { |name| define_method(name) { @tokens[name] } }

    # tools: calls by tool; units: amounts by unit
    attr_reader :tools, :units

    def initialize(slots, problems)
      @problems = problems
      @invalid = false
      @tokens = SLOTS.to_h { |name, slot| [name, count(slots[slot], "#{name}_tokens") || 0] }
      read_lists(slots)
      @tools = read_tools(slots)
      @units = UNITS.each_with_object({}) { |(name, slot), units| amount(slots[slot], name) { |number| units[name] = number } }
    end

    def invalid?
      @invalid
    end

    # Whether there is something to bill that is no token.
    def charges?
      @tools.any? { |_, count| count.positive? } || @units.any? { |_, number| number.positive? }
    end

    # What the document's holysheep.usage gets; names are free, so amounts by name are texts of a flattened field.
    def part
      part = @tokens.select { |_, tokens| tokens.positive? }.transform_keys { |name| :"#{name}_tokens" }
      part[:tools] = @tools.transform_values(&:to_s) unless @tools.empty?
      part[:units] = @units.transform_values(&:to_s) unless @units.empty?
      part
    end

    private

    # Gemini's lists: [{"modality": "AUDIO", "tokenCount": 5}, …]
    def read_lists(slots)
      LISTS.each do |side, lists|
        lists.each do |slot|
          next unless slots[slot].is_a?(Array)

          slots[slot].each { |item| add_modality(side, item) if item.is_a?(Hash) }
        end
      end
    end

    def add_modality(side, item)
      modality = item["modality"].to_s.upcase
      kind = MODALITIES[modality]
      tokens = item["tokenCount"] || item["token_count"]
      if kind
        @tokens[:"#{side}_#{kind}"] += count(tokens, "#{side}_#{kind}_tokens") || 0
      elsif side == :output && modality != "TEXT" && tokens.is_a?(Integer) && tokens.positive?
        @problems << "tokens: #{modality.downcase[0, 32]} tokens of the output have no rate of their own (#{tokens})"
      end
    end

    def read_tools(slots)
      tools = named_tools(slots[Slots::TOOL_COUNTS])
      items_of(slots[Slots::ANSWER_ITEMS]).each { |name, calls| tools[name] = calls }
      TOOLS.each do |name, slot|
        calls = count(slots[slot], "#{name}_calls")
        tools[name] = calls if calls
      end
      tools.delete_if { |_, calls| calls.zero? }
    end

    def named_tools(counts)
      return {} unless counts.is_a?(Hash)

      counts.first(MAX_NAMES).each_with_object({}) do |(name, value), tools|
        plain = name.downcase(:ascii)
        calls = count(value, "tool_counts")
        tools[plain] = calls if calls && plain.match?(NAME)
      end
    end

    # A search is billed; opening a page that it found is not.
    def items_of(items)
      return {} unless items.is_a?(Array)

      names = items.grep(Hash).filter_map do |item|
        action = item["action"]
        ITEMS[item["type"]] unless action.is_a?(Hash) && action["type"] && action["type"] != "search"
      end
      names.tally
    end

    def count(value, name)
      number = Numbers.count(value)
      return number unless number.equal?(Numbers::INVALID)

      refuse(name, value)
    end

    # Mistral writes {} for a text that has no length in seconds.
    def amount(value, name)
      return if value.is_a?(Hash) && value.empty?

      number = Numbers.amount(value, Numbers::MAX_COUNT)
      return refuse(name, value) if number.equal?(Numbers::INVALID)

      yield number if number
    end

    def refuse(name, value)
      @invalid = true
      @problems << "usage.#{name}: not a count between 0 and #{Numbers::MAX_COUNT} (#{Numbers.shown(value)})"
      nil
    end

    NONE = new(Array.new(Slots::COUNT), []).freeze
  end
end
