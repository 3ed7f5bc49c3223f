# frozen_string_literal: true

module HolySheep
  # Lists of `{key, value}` as objects; a value may be OTLP's AnyValue, whose 64-bit integers are texts.
  # https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
  module Attributes
    MAX_DEPTH = 16
    INTEGER = /\A-?\d{1,19}\z/

    module_function

    # The object of a list; anything else as it is.
    def object(list, depth = 0)
      return list unless list.is_a?(Array) && depth < MAX_DEPTH

      list.each_with_object({}) do |pair, result|
        next unless pair.is_a?(Hash)

        key = pair["key"] || pair["name"]
        result[key] = plain(pair["value"], depth) if key.is_a?(String)
      end
    end

    def plain(value, depth)
      return value unless value.is_a?(Hash) && value.size == 1 && depth < MAX_DEPTH

      kind, inner = value.first
      case kind
      when "stringValue", "boolValue", "doubleValue", "bytesValue" then inner
      when "intValue" then inner.is_a?(String) && inner.match?(INTEGER) ? inner.to_i : inner
      when "arrayValue" then array(inner, depth)
      when "kvlistValue" then object(inner.is_a?(Hash) ? inner["values"] : nil, depth + 1)
      else value
      end
    end

    def array(inner, depth)
      values = inner.is_a?(Hash) ? inner["values"] : nil
      values.is_a?(Array) ? values.map { |value| plain(value, depth + 1) } : []
    end
  end
end
