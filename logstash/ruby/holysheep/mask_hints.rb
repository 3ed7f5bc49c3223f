# frozen_string_literal: true

require_relative "mask_table"

module HolySheep
  # Finds in one pass over a text's bytes which masks need a look: of each hint it knows three bytes that stand side by side, the
  # rarest ones. To look for each of a hundred hints by itself takes ten times as long.
  module MaskHints
    # From the commonest letter to the rarest. Signs, digits and other bytes are rarer.
    COMMON = "etaoinshrdlucmfwypgvbkjxqz"
    BYTES = 3

    def self.rare(byte)
      COMMON.index(byte.chr.downcase) || COMMON.size
    end

    # The bytes of the hint to look for: three, or two of a hint of two.
    def self.part(hint)
      hint.bytes.each_cons([hint.bytesize, BYTES].min).max_by { |part| part.sum { |byte| rare(byte) } }
    end

    def self.cases(byte)
      [byte, byte.chr.swapcase.ord].uniq
    end

    # rows[first byte][second byte][third byte]: nil or the bits of entries; in place of the third byte ANY for hints of two.
    def self.rows
      rows = Array.new(256)
      MaskTable::ENTRIES.each do |entry|
        entry.hints.reject { |hint| hint.bytesize == 1 }.map { |hint| part(hint) }.each do |bytes|
          choices = entry.any_case ? bytes.map { |byte| cases(byte) } : bytes.map { |byte| [byte] }
          choices[0].product(*choices[1..]) { |first, second, third| add(rows, first, second, third || ANY, entry.bit) }
        end
      end
      rows.freeze
    end

    def self.add(rows, first, second, third, bits)
      seconds = rows[first] ||= Array.new(256)
      thirds = seconds[second] ||= Array.new(257, 0)
      thirds[third] |= bits
    end

    ANY = 256
    ROWS = rows
    # Entries that have a hint of one byte, or none.
    ALWAYS = MaskTable::ENTRIES.select { |entry| entry.hints.empty? || entry.hints.any? { |hint| hint.bytesize == 1 } }.sum(&:bit)
    # Entries whose hints are looked for in small letters.
    ANY_CASE = MaskTable::ENTRIES.select(&:any_case).sum(&:bit)

    module_function

    # The bits of entries whose hints the text may have.
    def bits(text)
      found = ALWAYS
      second = third = 0
      at = text.bytesize
      while at > 0
        at -= 1
        first = text.getbyte(at)
        seconds = ROWS[first]
        thirds = seconds && seconds[second]
        found |= thirds[third] | thirds[ANY] if thirds
        third = second
        second = first
      end
      found
    end

    # Whether one of the hints is in the text.
    def any?(hints, text)
      at = 0
      at += 1 until at == hints.size || text.include?(hints[at])
      at < hints.size
    end
  end
end
