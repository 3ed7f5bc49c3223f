# frozen_string_literal: true

require_relative "mask_checks"

module HolySheep
  # Cheap tests, each for a group of masks: where a gate doesn't match, no mask with this gate can mask anything.
  # generator/registry/masks.yaml says what a mask needs for its gate. The client's gates are plainer;
  # tests/cases/test_masks.py holds both results equal.
  module MaskGates
    # Where a word begins, as in generator/registry/mask_forms.py.
    START = '(?:(?<![A-Za-z0-9])|(?<=\\\\[nrtbf])|(?<=%[0-9A-Fa-f]{2}))'

    # The source of an expression for the countries that have IBANs, in capital or in small letters.
    def self.countries
      by_letter = MaskChecks::IBANS.values.flat_map(&:split).group_by { |country| country[0] }
      upper = by_letter.map { |first, all| "#{first}[#{all.map { |country| country[1] }.join}]" }.join("|")
      "(?:#{upper}|#{upper.downcase})"
    end

    # A look ahead, which spares the longer look at most words.
    AHEAD = { "capital" => "(?=[A-Z0-9])", "iban" => "(?=[A-Za-z]{2}[0-9]{2})" }.freeze
    # Sources for what a word begins with.
    BEGINS = {
      "digits" => '(?:[0-9](?:[ .\u00a0\u2009\u202f-]?[0-9]){8}|[0-9]{6} ?- ?[0-9]{7})',
      "capital" => "#{AHEAD["capital"]}(?:[A-Z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2}|[A-Z]{6}[0-9]{2}|[XYZ]?[0-9]{7,8}-?[A-Z])",
      "phone" => '(?:[(+]|(?=0|[0-9]{1,5}[ .()/\u00a0-]))[0-9](?:[ .()/\u00a0-]{0,3}[0-9]){7}',
      "iban" => "#{AHEAD["iban"]}#{countries}[0-9]{2}(?:[ \\u00a0-]?[0-9A-Za-z]{4}){2}",
      "hex" => "[0-9a-f]{32}[-.]"
    }.freeze
    # How many digits a text has that a gate matches.
    DIGITS = { "digits" => 9, "capital" => 6, "phone" => 8, "iban" => 2, "hex" => 0, "called" => 7 }.freeze
    # Seven digits behind a sign that ends a word.
    CALLED = %r{[^0-9A-Za-z_\r\n][^0-9+\r\n]{0,13}\+?[0-9](?:[ .()/-]{0,2}[0-9]){6}}
    ALL = { **BEGINS.to_h { |gate, source| [gate, Regexp.new("#{AHEAD[gate]}#{START}#{source}")] }, "called" => CALLED }.freeze
  end
end
