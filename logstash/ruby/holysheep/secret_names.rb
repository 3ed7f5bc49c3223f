# frozen_string_literal: true

require "json"
require_relative "mask_checks"

module HolySheep
  # Names of keys whose value is a secret, rendered from generator/registry/masks.yaml. The client's secret_names.py reads the
  # same table.
  module SecretNames
    MASK = "[SECRET_MASKED]"
    PATH = File.expand_path("../../rules/secret_names.json", __dir__)
    TABLE = JSON.parse(File.read(PATH, encoding: "UTF-8")).freeze
    ALWAYS = Regexp.new(TABLE.fetch("always"), Regexp::IGNORECASE)
    LIKELY = Regexp.new(TABLE.fetch("likely"), Regexp::IGNORECASE)
    # The smallest whole number that is a secret.
    LEAST = TABLE.fetch("least")

    module_function

    # :always, :likely (the value decides) or nil.
    def kind(path)
      return :always if path.match?(ALWAYS)

      path.match?(LIKELY) ? :likely : nil
    end

    # Whether a value under a name of this kind is a secret: a text, or a whole number as long as a PIN.
    def hides?(kind, value)
      return false if kind.nil?
      return !value.empty? && (kind == :always || MaskChecks.likely(value)) if value.is_a?(String)

      kind == :always && value.is_a?(Integer) && value.abs >= LEAST
    end
  end
end
