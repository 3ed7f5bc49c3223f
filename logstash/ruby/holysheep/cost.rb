# frozen_string_literal: true

require_relative "card"

module HolySheep
  # The integer formula: pico-USD a token, nano-USD out. Its twin is client/holysheep/price/cost.py; a property test holds both
  # against a Decimal oracle.
  module Cost
    # All in nano-USD. `total` is rounded from the exact sum, so it may differ by some nanos from the sum of the parts.
    # No part is within another: `output` is without reasoning. Units, tools and minimum are nil for a plain price.
    Bill = Struct.new(:total, :input, :output, :reasoning, :cached_input, :cache_write, :fee, :units, :tools, :minimum)
    FREE = Bill.new(0, 0, 0, 0, 0, 0, 0).freeze

    module_function

    # Bill of one request; counts are integers with cache_read + cache_write <= input, reasoning <= output and
    # cache_write_1h <= cache_write.
    def bill(price, factor, input, output, cache_read, cache_write, reasoning, cache_write_1h)
      rates = price.tiers.empty? ? price.rates : Card.rates(price, input)
      number = factor[0]
      unit = factor[1] * 1000
      in_pico = (input - cache_read - cache_write) * rates.input
      out_pico = (output - reasoning) * rates.output
      pico = in_pico + out_pico
      bill = Bill.new(0, nano(in_pico, number, unit), nano(out_pico, number, unit), 0, 0, 0, 0)
      if cache_read > 0 || cache_write > 0 || reasoning > 0 || price.fee > 0
        pico += rare_parts(bill, price.fee, rates, number, unit, cache_read, cache_write, reasoning, cache_write_1h)
      end
      bill.total = nano(pico, number, unit)
      bill
    end

    # Writes the parts that few calls have into the bill; returns their pico-USD.
    def rare_parts(bill, fee, rates, number, unit, cache_read, cache_write, reasoning, cache_write_1h)
      reason_pico = reasoning * rates.reasoning
      read_pico = cache_read * rates.cached_input
      write_pico = ((cache_write - cache_write_1h) * rates.cache_write) + (cache_write_1h * rates.cache_write_1h)
      bill.reasoning = nano(reason_pico, number, unit)
      bill.cached_input = nano(read_pico, number, unit)
      bill.cache_write = nano(write_pico, number, unit)
      bill.fee = nano(fee, number, unit)
      reason_pico + read_pico + write_pico + fee
    end

    # The bill of a request of which only the total of tokens is known; nil unless every token costs the same.
    def bill_of_total(price, factor, total)
      lists = [price.rates, *price.tiers.map(&:last)]
      return nil unless lists.all? { |rates| rates == lists[0] } && lists[0].input == lists[0].output

      number = factor[0]
      unit = factor[1] * 1000
      Bill.new(nano((total * lists[0].input) + price.fee, number, unit), nil, nil, 0, 0, 0, nano(price.fee, number, unit))
    end

    def nano(pico, number, unit)
      return 0 if pico.zero?

      ((2 * pico * number) + unit) / (2 * unit)
    end

    # nano-USD a thousand tokens.
    def per_1k(total_nano, tokens)
      ((2 * total_nano * 1000) + tokens) / (2 * tokens)
    end

    def usd(nano)
      nano.to_f / 1.0e9
    end
  end
end
