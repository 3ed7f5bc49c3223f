# frozen_string_literal: true

require "digest"
require_relative "keyed_hash"

module HolySheep
  # Puts an HMAC-SHA256 into an audit document, over its `_id` and its content in one canonical form.
  # runner/compliance/seals/signatures.py checks it, and says what the form is; tests/cases/test_seal_law.py compares both.
  class DocumentSeal
    # Names the file that holds the keys, one a line; the last one is used. See docs/seals.md.
    VARIABLE = "HOLYSHEEP_AUDIT_KEY_FILE"
    PURPOSE = "holysheep document 1\n"
    KEY_ID_OF = "holysheep key id"
    ESCAPED = /["\\\x00-\x1f]/

    # No file, or an empty one: documents carry no HMAC.
    def self.from_environment(environment = ENV)
      path = environment[VARIABLE]
      lines = path && !path.empty? ? File.binread(path).split("\n").map(&:strip).reject(&:empty?) : []
      new(lines.last || "")
    rescue SystemCallError, IOError
      new("")
    end

    # key: bytes; empty for none.
    def initialize(key)
      return if key.empty?

      @hash = KeyedHash.new(key)
      @key_id = @hash.hex(KEY_ID_OF)[0, 16].freeze
    end

    # Adds `holysheep.seal` to a document that nobody changes afterwards.
    def write(id, document)
      return unless @hash

      part = { "key" => @key_id }
      document["holysheep"]["seal"] = part
      part["hmac"] = @hash.hex("#{PURPOSE}#{id}\n#{DocumentSeal.canonical(document)}")
    end

    def self.canonical(value)
      case value
      when Hash then "{#{value.keys.sort.map { |key| "#{text(key)}:#{canonical(value[key])}" }.join(",")}}"
      when Array then "[#{value.map { |item| canonical(item) }.join(",")}]"
      when String then text(value)
      when Float then "f#{[value].pack("G").unpack1("H*")}"
      when nil then "null"
      else value.to_s # integers, true and false
      end
    end

    def self.text(value)
      "\"#{value.match?(ESCAPED) ? value.gsub(ESCAPED) { |char| format("\\u%04x", char.ord) } : value}\""
    end
  end
end
