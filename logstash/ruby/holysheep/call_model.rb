# frozen_string_literal: true

require_relative "card"
require_relative "slots"

module HolySheep
  # The model of a call, as the line names it and as the price card knows it. Few names come in all lines, so the answers
  # are remembered, and documents share their parts, frozen.
  class CallModel
    UNNAMED = [nil, nil].freeze

    def initialize(text, card)
      @text = text
      @card = card
      @memo = {}
    end

    # [Card::Match or nil, part of the document's gen_ai.request or nil]: what the priced model's name means, and the
    # name asked for.
    def of(slots, problems)
      asked = named(slots[Slots::MODEL] || slots[Slots::RESPONSE_MODEL], problems)
      return asked unless @card.served? && slots[Slots::RESPONSE_MODEL].is_a?(String)

      answered = named(slots[Slots::RESPONSE_MODEL], problems)
      [answered[0], asked[1] || answered[1]]
    end

    # [holysheep.model, gen_ai.provider or nil], as documents have them, of what #of has given.
    def family_and_provider(match, request)
      return [match.model.family, match.model.provider] if match

      family, provider = request && @card.family_of(request[:model])
      [{ family: family || "Other" }, provider && { name: provider }]
    end

    private

    def named(name, problems)
      return UNNAMED if name.nil? || name == ""

      unless name.is_a?(String)
        problems << "model: not a text (#{name.class.name})"
        return UNNAMED
      end
      cached = @memo[name]
      return cached if cached

      @memo.clear if @memo.size >= Card::CACHE_LIMIT
      match_and_request = [@card.match(name), { model: @text.keep(name) }.freeze].freeze
      name.bytesize > Card::MAX_NAME_BYTES ? match_and_request : @memo[name] = match_and_request
    end
  end
end
