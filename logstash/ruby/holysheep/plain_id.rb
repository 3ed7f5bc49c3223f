# frozen_string_literal: true

require_relative "mask_gates"
require_relative "mask_hints"
require_relative "mask_table"

module HolySheep
  # Tells ids that no mask can match from other texts. Most texts of a call are ids, and most ids come once: without this
  # look at each of them, the masks would cost more than all other steps together.
  module PlainId
    # At a byte's value: whether an id may have it. All masks that need another sign can't match.
    SIGNS = Array.new(256) { |byte| byte.chr.match?(/[A-Za-z0-9_-]/n) }.freeze
    BYTES = 128
    # In all names with values (generator/registry/mask_rules.py, SEPARATOR) the only sign between both that an id may have.
    NAMED = "provided"

    def self.possible(texts)
      texts.select { |text| text.bytes.all? { |byte| SIGNS[byte] } }
    end

    # What a word of the id must begin with, so that a mask may match.
    BEGINS = "(?:#{[*MaskGates::BEGINS.values, MaskTable.any_of(possible(MaskTable::PREFIXES))].join("|")})".freeze
    FIRST = Regexp.new("\\A#{BEGINS}")
    LATER = Regexp.new("[_-]#{BEGINS}")
    HINTS = [*possible(MaskTable.hints("always")), NAMED].freeze
    # MaskGates::CALLED, as far as an id has its signs.
    CALLED = /-[^0-9]{0,13}[0-9](?:-{0,2}[0-9]){6}/
    CALLED_HINTS = possible(MaskTable.hints("called")).freeze

    module_function

    # Whether the text is such an id. `false` only means that the masks must look.
    def is?(text)
      signs?(text) && !text.match?(FIRST) && !text.match?(LATER) && !MaskHints.any?(HINTS, text) && !called?(text)
    end

    def signs?(text)
      size = text.bytesize
      return false if size > BYTES

      at = 0
      at += 1 while at < size && SIGNS[text.getbyte(at)]
      at == size
    end

    def called?(text)
      text.match?(CALLED) && MaskHints.any?(CALLED_HINTS, text.downcase(:ascii))
    end
  end
end
