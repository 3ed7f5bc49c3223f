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

      part = { key: @key_id }
      document[:holysheep][:seal] = part
      part[:hmac] = @hash.hex("#{PURPOSE}#{id}\n#{DocumentSeal.canonical(document)}")
    end

    def self.canonical(value)
      append(+"", value)
    end

    # Appends to one text, so that no text is made for each value.
    def self.append(out, value)
      case value
      when String then text(out, value)
      when Hash then object(out, value)
      when Integer, true, false then out << value.to_s
      when Float then out << "f" << [value].pack("G").unpack1("H*")
      when Array then array(out, value)
      else out << "null"
      end
    end

    def self.object(out, hash)
      separator = "{"
      hash.keys.sort.each do |key|
        text(out << separator, key.to_s) << ":"
        append(out, hash[key])
        separator = ","
      end
      out << (hash.empty? ? "{}" : "}")
    end

    def self.array(out, items)
      out << "["
      items.each_with_index do |item, place|
        out << "," unless place.zero?
        append(out, item)
      end
      out << "]"
    end

    def self.text(out, value)
      value = value.gsub(ESCAPED) { |char| format("\\u%04x", char.ord) } if value.match?(ESCAPED)
      out << "\"" << value << "\""
    end
  end
end
