# frozen_string_literal: true

require_relative "numbers"
require_relative "slots"

module HolySheep
  # Builds the document of a row that stands for many calls, as in providers' usage exports. It has the counts and the
  # provider's own cost. It has no computed cost, since prices by prompt size apply to single calls. Its index is `usage`,
  # so that sums over calls don't include it.
  class Aggregate
    MAX = 2**53
    TOKENS = { Slots::OUTPUT => %i[output_tokens], Slots::CACHE_WRITE => %i[cache_creation input_tokens],
               Slots::REASONING => %i[reasoning output_tokens] }.freeze

    def initialize(text)
      @text = text
    end

    # Writes into the base document.
    def write(document, slots, problems)
      usage = { aggregate: true }
      requests = count(slots, Slots::REQUESTS, problems)
      usage[:requests] = requests if requests
      total = count(slots, Slots::TOTAL, problems)
      usage[:total_tokens] = total if total
      ended = slots[Slots::END_TIME]
      usage[:until] = ended.text if ended
      document[:holysheep][:usage] = usage
      gen_ai = gen_ai(slots, problems)
      document[:gen_ai] = gen_ai unless gen_ai.empty?
      cost(document, slots, problems)
      people(document, slots)
    end

    private

    def gen_ai(slots, problems)
      part = {}
      model = @text.keep(slots[Slots::MODEL])
      provider = @text.keep_up_to(slots[Slots::PROVIDER], 64)
      part[:request] = { model: model } if model
      part[:provider] = { name: provider } if provider
      tokens = tokens(slots, problems)
      part[:usage] = tokens unless tokens.empty?
      part
    end

    def tokens(slots, problems)
      part = {}
      read = count(slots, Slots::CACHED, problems) || count(slots, Slots::CACHE_READ_NATIVE, problems)
      input = count(slots, Slots::INPUT, problems)
      native = count(slots, Slots::INPUT_NATIVE, problems)
      input ||= native + (read || 0) + (count(slots, Slots::CACHE_WRITE, problems) || 0) if native
      part[:input_tokens] = input if input
      part[:cache_read] = { input_tokens: read } if read
      TOKENS.each do |slot, (name, inner)|
        number = count(slots, slot, problems)
        part[name] = inner ? { inner => number } : number if number
      end
      part
    end

    def cost(document, slots, problems)
      reported = Numbers.amount(slots[Slots::REPORTED], 1.0e9)
      return if reported.nil?
      return problems << "cost: not an amount (#{Numbers.shown(slots[Slots::REPORTED])})" if reported.equal?(Numbers::INVALID)

      document[:holysheep][:cost] = { reported: reported.round(9).to_f }
    end

    def people(document, slots)
      tier = @text.keep_up_to(slots[Slots::SERVICE_TIER], 64)
      document[:holysheep][:service_tier] = tier if tier
      user = @text.keep(slots[Slots::USER])
      team = @text.keep(slots[Slots::TEAM])
      document[:user] = { id: user } if user
      document[:labels] = { team: team } if team
    end

    # A number of tokens or calls: sums of a day go beyond what one call may have.
    def count(slots, slot, problems)
      number = Numbers.amount(slots[slot], MAX)
      return number&.to_i unless number.equal?(Numbers::INVALID)

      problems << "#{Slots::NAMES[slot]}: not a count (#{Numbers.shown(slots[slot])})"
      nil
    end
  end
end
