# frozen_string_literal: true

require_relative "numbers"
require_relative "slots"

module HolySheep
  # On what terms a call was served: its service tier and region, and the cost that the log itself states.
  class CallTerms
    # What Anthropic says of models that can't be kept in a region.
    NO_REGION = "not_available"

    def initialize(text)
      @text = text
    end

    # Anthropic's fast mode stands beside the service tier, and is one.
    def service_tier(slots)
      speed = slots[Slots::SPEED]
      @text.keep_up_to(speed.nil? || speed == "standard" ? slots[Slots::SERVICE_TIER] : speed, 64)
    end

    def region(slots)
      region = @text.keep_up_to(slots[Slots::REGION], 64)
      region unless region == NO_REGION
    end

    # USD, nil when the log states none.
    def reported(slots, problems)
      value = slots[Slots::REPORTED] || in_usd(slots[Slots::REPORTED_TICKS])
      return nil if value.nil?

      number = Numbers.amount(value, Numbers::MAX_USD)
      return number unless number.equal?(Numbers::INVALID)

      problems << "cost: not an amount (#{Numbers.shown(value)})"
      nil
    end

    private

    # xAI's unit of cost is 10⁻¹⁰ USD.
    def in_usd(ticks)
      number = Numbers.float(ticks)
      number && (number / 1.0e10)
    end
  end
end
