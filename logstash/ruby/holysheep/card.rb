# frozen_string_literal: true

require_relative "price_extra"

module HolySheep
  # The rendered price card, compiled for look-ups: the model of a name in a log, and the price at a time.
  class Card
    Rates = Struct.new(:input, :output, :cached_input, :cache_write, :reasoning, :cache_write_1h)
    # from_ms inclusive; factor and service_tiers are [numerator, denominator]; tiers are [[above, Rates], …] ascending;
    # extra is a PriceExtra, nil for a plain price
    Price = Struct.new(:from, :from_ms, :rates, :fee, :factor, :service_tiers, :tiers, :extra)
    # provider and family: as documents have them, who share them; provider may be nil. window: of the context, in tokens, nil
    # where the card has none
    Model = Struct.new(:id, :provider, :family, :prices, :window)
    Match = Struct.new(:model, :rule)

    MAX_NAME_BYTES = 256
    CACHE_LIMIT = 10_000
    DATED_SUFFIX = /[-@](?:20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])|20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))\z/
    OUTER_SPACE = /\A[ \t\r\n\f\v]+|[ \t\r\n\f\v]+\z/
    STANDARD_TIERS = ["", "default", "standard", "auto", "on_demand"].freeze

    attr_reader :version

    # Whether the model that answered is priced, not the one asked for.
    def served?
      @served
    end

    def initialize(rules)
      @version = rules.fetch("version")
      @served = rules.fetch("price_by") == "served"
      windows = rules.fetch("context_windows", {})
      @models = rules.fetch("models").map { |model| build_model(model, windows) }.freeze
      @names = rules.fetch("names").transform_values { |(index, rule)| Match.new(@models.fetch(index), rule).freeze }.freeze
      @patterns = rules.fetch("patterns").transform_values { |by_suffix| build_suffixes(by_suffix) }.freeze
      @families = rules.fetch("families").freeze
    end

    # Match or nil. Cost does not grow with the number of models: hash look-ups only, at most one a prefix and suffix
    # of the name.
    def match(name)
      return nil if name.bytesize > MAX_NAME_BYTES

      forms = forms_of(Card.plain(name))
      forms.each { |form| (match = @names[form]) && (return match) }
      forms.each { |form| (match = match_pattern(form)) && (return match) }
      nil
    end

    # [family, provider] of a model without an entry; nil when no prefix fits.
    def family_of(name)
      return nil if name.bytesize > MAX_NAME_BYTES

      base = forms_of(Card.plain(name))[-1] || ""
      @families.each { |prefix, family, provider| return [family, provider] if base.start_with?(prefix) }
      nil
    end

    # The price that holds at that time, nil before the first.
    def self.price_at(model, time_ms)
      prices = model.prices
      at = prices.size - 1
      at -= 1 while at >= 0 && prices[at].from_ms > time_ms
      at >= 0 ? prices[at] : nil
    end

    # The multiplier of a served service tier, nil when the card doesn't know it.
    def self.factor(price, service_tier)
      return price.factor if service_tier.nil?

      name = plain(service_tier.to_s)
      STANDARD_TIERS.include?(name) ? price.factor : price.service_tiers[name]
    end

    # The rates for a prompt of that size: the last tier below it replaces the entry's own rates.
    def self.rates(price, prompt_tokens)
      price.tiers.reverse_each { |above, rates| return rates if prompt_tokens > above }
      price.rates
    end

    # The name in the form of the card's names. Ruby's own `strip` would remove NUL bytes too.
    def self.plain(name)
      name.gsub(OUTER_SPACE, "").downcase(:ascii)
    end

    private

    # The forms of a name to look up, in this order: as it is, without provider prefix, without dated suffix. Empty forms
    # are left out: `gpt-9/` has nothing after its prefix, `-2025-04-14` nothing before its date.
    def forms_of(name)
      slash = name.rindex("/")
      bare = slash ? name[slash + 1..] : name
      dated = bare.sub(DATED_SUFFIX, "")
      [name, bare, dated].uniq.reject(&:empty?)
    end

    def match_pattern(form)
      (0..form.length).each do |size|
        by_length = @patterns[form[0, size]]
        next unless by_length

        by_length.each do |length, by_suffix|
          next if size + length > form.length

          match = by_suffix[form[form.length - length, length]]
          return match if match
        end
      end
      nil
    end

    # {suffix => index} to {length => {suffix => Match}}, so that only as many look-ups are made as there are lengths.
    def build_suffixes(by_suffix)
      by_suffix.group_by { |suffix, _| suffix.length }.transform_values do |pairs|
        pairs.to_h { |suffix, index| [suffix, Match.new(@models.fetch(index), "pattern").freeze] }.freeze
      end.freeze
    end

    def build_model(model, windows)
      prices = model.fetch("prices").map { |price| build_price(price) }.freeze
      provider = model.fetch("provider")
      id = model.fetch("id")
      Model.new(id, provider && { name: provider }.freeze, { family: model.fetch("family") }.freeze, prices, windows[id]).freeze
    end

    def build_price(price)
      tiers = price.fetch("tiers").map { |tier| [tier.fetch("above"), build_rates(tier)].freeze }.freeze
      Price.new(price.fetch("from"), price.fetch("from_ms"), build_rates(price), price.fetch("fee"),
                price.fetch("factor").freeze, price.fetch("service_tiers").freeze, tiers, PriceExtra.of(price)).freeze
    end

    def build_rates(from)
      Rates.new(*Rates.members.map { |member| from.fetch(member.to_s) }).freeze
    end
  end
end
