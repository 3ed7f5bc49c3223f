# frozen_string_literal: true

require_relative "cost"
require_relative "price_extra"
require_relative "usage_details"

module HolySheep
  # The bill of a call whose price entry has more than plain rates (PriceExtra). Its twins are
  # client/holysheep/price/cost.py and charges.py. Exact: Integers and Rationals until the one rounding at the end.
  module Charges
    module_function

    # usage: counts with cache_read + cache_write <= input. factor: of tokens, units and fee; tool calls and the minimum
    # have the entry's own. level: the rates that hold at the time of the call.
    def bill(price, factor, level, usage)
      details = usage.details || UsageDetails::NONE
      parts = token_parts(level.for_prompt(usage.input || 0), usage, details)
      whole(price, factor, details, parts, parts.sum)
    end

    # The bill of a call of which only the total of tokens is known; nil unless every token costs the same.
    def bill_of_total(price, factor, level, usage)
      rates = level.rates
      fresh = [rates.output, rates.input_audio, rates.input_image, rates.output_audio, rates.output_image]
      return nil unless fresh.all?(rates.input) && level.tiers.all? { |_, tier| tier == rates }

      whole(price, factor, usage.details || UsageDetails::NONE, [nil, nil, 0, 0, 0], usage.total * rates.input)
    end

    # Pico-USD of the prompt's fresh tokens, the answer's, its reasoning's, those read from a cache, those written to one.
    def token_parts(rates, usage, details)
      read = usage.cache_read || 0
      write = usage.cache_write || 0
      output = usage.output || 0
      reasoning = [usage.reasoning || 0, output].min
      hour = [usage.cache_write_1h || 0, write].min
      [
        split((usage.input || 0) - read - write, [details.input_audio - details.cached_audio, 0].max, rates.input_audio,
              [details.input_image - details.cached_image, 0].max, rates.input_image, rates.input),
        split(output - reasoning, details.output_audio, rates.output_audio,
              details.output_image, rates.output_image, rates.output),
        reasoning * rates.reasoning,
        split(read, details.cached_audio, rates.cached_audio, details.cached_image, rates.cached_image, rates.cached_input),
        ((write - hour) * rates.cache_write) + (hour * rates.cache_write_1h)
      ]
    end

    # Tokens of which some are audio and some are images; a part that is larger than what is left is cut to it.
    def split(tokens, audio, audio_rate, image, image_rate, rate)
      audio = [audio, tokens].min
      image = [image, tokens - audio].min
      (audio * audio_rate) + (image * image_rate) + ((tokens - audio - image) * rate)
    end

    def whole(price, factor, details, parts, tokens)
      by = Rational(*factor)
      own = Rational(*price.factor)
      units = units(price.extra, details.units) * by
      tools = tools(price.extra, details.tools) * own
      exact = ((tokens + price.fee) * by) + units + tools
      least = price.extra.minimum * own
      Cost::Bill.new(nano([exact, least].max), *parts.map { |pico| pico && nano(pico * by) }, nano(price.fee * by),
                     nano(units), nano(tools), nano([least - exact, 0].max))
    end

    def units(extra, amounts)
      amounts.sum(Rational(0)) do |name, amount|
        unit = extra.units[name]
        next 0 unless unit && amount.positive?

        counted = ((amount.to_r * 1000) + Rational(1, 2)).floor
        Rational(unit.price * [counted, unit.minimum].max, unit.per * 1000)
      end
    end

    def tools(extra, counts)
      counts.sum { |name, count| (extra.tools[name] || 0) * count }
    end

    # Nano-USD of pico-USD, a half up.
    def nano(pico)
      ((pico / Rational(1000)) + Rational(1, 2)).floor
    end
  end
end
