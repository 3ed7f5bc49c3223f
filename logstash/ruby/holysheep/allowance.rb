# frozen_string_literal: true

module HolySheep
  # Limits how many records of one text become documents. All documents of a line are in memory at once (about 6 kB each):
  # a line too big for the heap would crash Logstash again each time it comes back from the persistent queue. The text
  # beyond the limit is kept in `rejected`, in pieces, to be sent again in smaller parts.
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

    # The outputs that the block makes of the records, and the rejected pieces of `rest`, the text beyond the limit. With
    # an outlet, the outputs go there and the result is empty.
    def spend(records, rest, context, &outputs_of)
      @left -= records.size
      return send_to_outlet(records, rest, context, &outputs_of) if @outlet

      outputs = records.flat_map(&outputs_of)
      rest.nil? ? outputs : outputs.concat(refused(rest, context))
    end

    private

    def send_to_outlet(records, rest, context)
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
      kept_pieces = []
      until text.empty?
        piece = text.bytesize > PIECE ? head(text.byteslice(0, PIECE).scrub("")) : text
        text = text.byteslice(piece.bytesize, text.bytesize)
        kept_pieces << piece if piece.match?(/[^\s,\]]/)
      end
      kept_pieces
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
