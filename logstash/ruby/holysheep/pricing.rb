# frozen_string_literal: true

require_relative "charges"
require_relative "cost"
require_relative "numbers"

module HolySheep
  # Writes what a call costs: the parts `holysheep.cost` and `holysheep.price` of its document. The cost is never a guess:
  # a call without a fitting price entry has a reason and no cost.
  class Pricing
    MAX_USD = Numbers::MAX_USD

    def initialize(rules)
      @card = Card.new(rules)
      @budget_nano = rules.fetch("budget_request_nano")
      @price_parts = {}.compare_by_identity
      @unmatched = { version: @card.version }.freeze
    end

    attr_reader :card

    # failed: the call's outcome; billed: false for an answer out of the proxy's own cache; named: whether the line names a
    # model. Writes `cost` and `price` into `part` (the document's holysheep hash). match is a Card::Match or nil.
    def write(part, match, usage, moment, failed, billed, service_tier, region, reported, named)
      cost = {}
      if (failed && (usage.output || 0).zero? && !usage.output_invalid?) || !billed
        price = match && Card.price_at(match.model, moment.ms)
        cost[:status] = "not_billed"
        bill = Cost::FREE
      else
        price, bill = bill_of(match, usage, moment, service_tier, region, named)
        cost[:status] = bill.is_a?(String) ? "unpriced" : "priced"
      end
      fill(cost, bill, usage, reported)
      part[:cost] = cost
      part[:price] = price_part(match, price)
    end

    private

    # [price entry or nil, Bill or the reason why there is none].
    def bill_of(match, usage, moment, service_tier, region, named)
      return [nil, "no_model"] unless named
      return [nil, "invalid_tokens"] if usage.invalid?
      return [nil, "unknown_model"] unless match

      price = Card.price_at(match.model, moment.ms)
      return [nil, "before_first_price"] unless price

      factor = Card.factor(price, service_tier)
      return [price, "unknown_service_tier"] unless factor
      return [price, "no_usage"] if (usage.unknown? || (usage.none? && price.fee.zero?)) && !charged?(price, usage)
      return [price, charged_bill(price, factor, usage, moment.ms, region)] if price.extra

      [price, usage_bill(price, factor, usage)]
    end

    def charged?(price, usage)
      price.extra && usage.details && price.extra.charges?(usage.details)
    end

    # The bill by a price that has more than plain rates.
    def charged_bill(price, factor, usage, time_ms, region)
      factor = price.extra.factor(factor, region)
      level = price.extra.level_at(time_ms)
      return Charges.bill_of_total(price, factor, level, usage) || "only_total_tokens" if usage.total_only? && usage.total
      return "no_input_tokens" if no_input?(level.rates, usage)
      return "cached_exceeds_input" if (usage.cache_read || 0) + (usage.cache_write || 0) > (usage.input || 0)

      Charges.bill(price, factor, level, usage)
    end

    def usage_bill(price, factor, usage)
      if usage.total_only? && usage.total
        return Cost.bill_of_total(price, factor, usage.total) || "only_total_tokens"
      end
      return "no_input_tokens" if no_input?(price.rates, usage)

      input = usage.input || 0
      output = usage.output || 0
      read = usage.cache_read || 0
      write = usage.cache_write || 0
      reasoning = usage.reasoning || 0
      return "cached_exceeds_input" if read + write > input

      hour = usage.cache_write_1h || 0
      Cost.bill(price, factor, input, output, read, write, reasoning > output ? output : reasoning, hour > write ? write : hour)
    end

    # Whether an answer came, and nobody says how long its prompt was: no prompt is empty.
    def no_input?(rates, usage)
      usage.input.nil? && (usage.output || 0).positive? && rates.input.positive?
    end

    # bill: what it comes to, or the reason why there is none. The total, what the log says of it, then the parts: in that
    # order the texts of a thousand documents repeat each other best (1.4 bytes a document).
    def fill(cost, bill, usage, reported)
      if bill.is_a?(String)
        cost[:unpriced_reason] = bill
        report(cost, reported, nil) if reported
      else
        cost[:total] = Cost.usd(bill.total)
        cost[:total_nano] = bill.total
        report(cost, reported, bill.total) if reported
        parts(cost, bill, usage)
        cost[:over_budget] = true if bill.total > @budget_nano
      end
    end

    # The log's own figure beside ours; their difference from integers, so that it is 0 where they agree.
    def report(cost, reported, total)
      nano = (reported.to_f * 1.0e9).round
      cost[:reported] = Cost.usd(nano)
      cost[:difference] = Cost.usd(nano - total) if total
    end

    def parts(cost, bill, usage)
      cost[:input] = Cost.usd(bill.input) if bill.input
      cost[:output] = Cost.usd(bill.output) if bill.output
      cost[:reasoning] = Cost.usd(bill.reasoning) if (usage.reasoning || 0).positive?
      cost[:cached_input] = Cost.usd(bill.cached_input) if (usage.cache_read || 0).positive?
      cost[:cache_write] = Cost.usd(bill.cache_write) if (usage.cache_write || 0).positive?
      cost[:fee] = Cost.usd(bill.fee) if bill.fee.positive?
      charges(cost, bill) if bill.units
      tokens = usage.sum
      cost[:per_1k_tokens] = Cost.usd(Cost.per_1k(bill.total, tokens)) if tokens&.positive?
    end

    def charges(cost, bill)
      cost[:units] = Cost.usd(bill.units) if bill.units.positive?
      cost[:tools] = Cost.usd(bill.tools) if bill.tools.positive?
      cost[:minimum] = Cost.usd(bill.minimum) if bill.minimum.positive?
    end

    # Documents share it. There is at most one part remembered for each name of the card.
    def price_part(match, price)
      return @unmatched unless match

      last_price, part = @price_parts[match]
      return part if part && last_price.equal?(price)

      part = { version: @card.version, model: match.model.id, rule: match.rule }
      part[:from] = price.from if price
      @price_parts[match] = [price, part.freeze].freeze
      part
    end
  end
end
