# frozen_string_literal: true

require "strscan"

module HolySheep
  # One row of a CSV as RFC 4180 has it. A line is a row: a quoted cell can't go on in the next one.
  module CsvLine
    PLAIN = /[^,"]*/
    QUOTED = /"((?:[^"]|"")*)"/

    module_function

    # The cells of a row, nil when the quotes are unbalanced.
    def cells(text)
      scanner = StringScanner.new(text)
      row = []
      loop do
        if scanner.peek(1) == "\""
          return nil unless scanner.scan(QUOTED)

          row << scanner[1].gsub("\"\"", "\"")
        else
          row << scanner.scan(PLAIN)
        end
        return row if scanner.eos?
        return nil unless scanner.skip(/,/)
      end
    end

    # [record or nil, :row, :header or :unknown] of a row, by the layout with as many columns. The header row itself
    # is known by its names.
    def record(cells, layouts)
      columns = layouts.find { |names| names.size == cells.size }
      return [nil, :unknown] unless columns
      return [nil, :header] if cells == columns
      # The same names in another order: rows below would be read into the wrong columns.
      return [nil, :unknown] if cells.sort == columns.sort

      [columns.zip(cells).to_h, :row]
    end
  end
end
