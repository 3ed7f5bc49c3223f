# frozen_string_literal: true

require_relative "card"

module HolySheep
  # Notes what a call used and its price has nothing for: the cost leaves it out, or takes the rate of text, and must not
  # look complete. Image tokens of a prompt cost what text does nearly everywhere, and fetching pages is free.
  module Uncharged
    KINDS = { input_audio: "input", output_audio: "output", output_image: "output" }.freeze
    FREE_TOOLS = %w[web_fetch].freeze

    module_function

    def note(details, match, moment, problems)
      price = match && Card.price_at(match.model, moment.ms)
      return unless price

      extra = price.extra
      KINDS.each do |kind, instead|
        tokens = details.public_send(kind)
        next if tokens.zero? || extra&.rate?(kind.to_s)

        problems << "tokens.#{kind}: has no rate in the price card, priced as #{instead} (#{tokens})"
      end
      missing(details.tools, extra ? extra.tools : {}, FREE_TOOLS) { |name, count| problems << "tools.#{name}: has no price in the price card (#{count})" }
      missing(details.units, extra ? extra.units : {}, []) { |name, amount| problems << "units.#{name}: has no price in the price card (#{amount})" }
    end

    def missing(used, priced, free)
      used.each { |name, amount| yield name, amount if amount.positive? && !priced.key?(name) && !free.include?(name) }
    end
  end
end
