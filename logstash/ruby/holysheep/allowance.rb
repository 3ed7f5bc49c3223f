# frozen_string_literal: true

module HolySheep
  # How many records of one text become documents of their own. Of a line from a file all documents are in memory at once
  # (some 6 kB each), and one that is too big for the heap would come back out of the persistent queue after each crash.
  # What is beyond is kept in `rejected`, in pieces of its text, to be sent again in smaller parts.
  class Allowance
    RECORDS = 50_000
    # Below what `rejected` keeps of an original, with room for masks that are longer than what they replace.
    PIECE = 49_152
    # A piece ends between records, or at least between words: a secret that is cut in two is not recognised.
    ENDS = ["\n", "}", ",", " "].freeze

    # outlet: takes each output as soon as it is made; nil to have them all returned.
    def initialize(rejection, outlet = nil)
      @rejection = rejection
      @outlet = outlet
      @left = RECORDS
    end

    attr_reader :left

    # A new body begins.
    def renew
      @left = RECORDS
    end

    # The outputs of these records, by the block, and those of the rest; none where the outlet has taken them.
    def spend(records, rest, context, &made)
      @left -= records.size
      return hand_on(records, rest, context, &made) if @outlet

      outputs = records.flat_map(&made)
      rest.nil? ? outputs : outputs.concat(refused(rest, context))
    end

    private

    def hand_on(records, rest, context)
      records.each { |record| yield(record).each { |output| @outlet.call(output) } }
      refused(rest, context).each { |output| @outlet.call(output) } unless rest.nil?
      []
    end

    def refused(rest, context)
      pieces(rest).map do |piece|
        @rejection.output("too_many_records", "more than #{RECORDS} records in a body", piece, context)
      end
    end

    def pieces(text)
      found = []
      until text.empty?
        piece = text.bytesize > PIECE ? head(text.byteslice(0, PIECE).scrub("")) : text
        text = text.byteslice(piece.bytesize, text.bytesize)
        found << piece if piece.match?(/[^\s,\]]/)
      end
      found
    end

    def head(text)
      ENDS.each do |ending|
        at = text.rindex(ending)
        return text[0..at] if at && at > text.length / 2
      end
      text
    end
  end
end
