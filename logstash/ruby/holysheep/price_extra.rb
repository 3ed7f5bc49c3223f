# frozen_string_literal: true

module HolySheep
  # What few price entries have: rates for audio and images, hours of the day, regions, prices by the piece, a minimum.
  # A plain entry has none of it and takes the short way through Cost.
  class PriceExtra
    KINDS = %w[input output cached_input cache_write reasoning cache_write_1h].freeze
    # Each with the rate that holds where it is left out.
    MODALITIES = { "input_audio" => "input", "input_image" => "input", "cached_audio" => "cached_input",
                   "cached_image" => "cached_input", "output_audio" => "output", "output_image" => "output" }.freeze
    PARTS = %w[hours regions tools units minimum].freeze

    AllRates = Struct.new(*KINDS.map(&:to_sym), *MODALITIES.keys.map(&:to_sym))
    # tiers: [[above, AllRates], …] ascending
    Level = Struct.new(:rates, :tiers) do
      def for_prompt(tokens)
        tiers.reverse_each { |above, tier| return tier if tokens > above }
        rates
      end
    end
    # price: pico-USD for `per` units; minimum: thousandths of a unit
    Unit = Struct.new(:price, :per, :minimum)

    MINUTE_MS = 60_000
    WEEK = 10_080
    # 1970-01-01 was a Thursday; weeks begin on Monday.
    FIRST_MINUTE = 4320

    # Of a price entry of rules.json; nil for a plain one.
    def self.of(price)
      rates = [price, *price.fetch("tiers")]
      new(price) if PARTS.any? { |part| price.key?(part) } || rates.any? { |each| MODALITIES.each_key.any? { |kind| each.key?(kind) } }
    end

    attr_reader :tools, :units, :minimum

    def initialize(price)
      @level = level(price)
      @hours = price.fetch("hours", []).map { |hour| [hour.fetch("weeks"), level(hour)].freeze }.freeze
      @regions = price.fetch("regions", {})
      @tools = price.fetch("tools", {})
      @units = price.fetch("units", {}).transform_values { |unit| Unit.new(*unit.values_at("price", "per", "minimum")).freeze }
      @minimum = price.fetch("minimum", 0)
      lists = [price, *price.fetch("tiers"), *price.fetch("hours", []).flat_map { |hour| [hour, *hour.fetch("tiers")] }]
      @given = MODALITIES.keys.select { |kind| lists.any? { |each| each.key?(kind) } }
      freeze
    end

    # The rates at that time: those of the hours that are open, else the entry's own.
    def level_at(time_ms)
      minute = (time_ms.div(MINUTE_MS) + FIRST_MINUTE) % WEEK
      @hours.each { |weeks, level| return level if weeks.any? { |first, stop| minute >= first && minute < stop } }
      @level
    end

    # The factor of a service tier times that of the region; one that the card doesn't name costs the plain price.
    def factor(of_tier, region)
      own = region.nil? ? nil : @regions[Card.plain(region)]
      own ? [of_tier[0] * own[0], of_tier[1] * own[1]] : of_tier
    end

    # Whether there is a rate of its own for a kind of tokens, such as input_audio.
    def rate?(kind)
      @given.include?(kind)
    end

    # Whether some tool call or unit of a call has a price.
    def charges?(details)
      details.tools.any? { |name, count| count.positive? && @tools.key?(name) } ||
        details.units.any? { |name, amount| amount.positive? && @units.key?(name) }
    end

    private

    def level(from)
      Level.new(all_rates(from), from.fetch("tiers").map { |tier| [tier.fetch("above"), all_rates(tier)].freeze }.freeze).freeze
    end

    def all_rates(from)
      own = KINDS.map { |kind| from.fetch(kind) }
      AllRates.new(*own, *MODALITIES.map { |kind, instead| from.fetch(kind) { from.fetch(instead) } }).freeze
    end
  end
end
