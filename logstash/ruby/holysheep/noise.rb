# frozen_string_literal: true

require_relative "json"

module HolySheep
  # Finds the whole objects of a line that is no JSON: between bytes that a truncation or a framing left, and behind half a
  # line that its writer did not end. Asked of those lines alone that would be rejected otherwise.
  class Noise
    # All but NUL (a file was cut under its writer), Ctrl-Z, RFC 7464's separator, white space, and what is left of an array
    # with an object a line.
    FIRST = /[^\0\x1A\x1E\s,]/
    LAST = /[^\0\x1A\x1E\s,\]]/
    # An object where JSON has none. Behind `:`, `,` and `[` it may be part of the object before.
    GLUED = /(?<=[^\s:\[,]|[^\s:\[,] )\{"/
    HEAD = /\G\{\s*"[^"\\]{1,64}"\s*:/
    # What a line may lack that was cut behind an object within it.
    CLOSERS = ["}", "}}", "]}", "}]}"].freeze
    # Of a longer line nobody asks whether it lacks them.
    LONG = 1_048_576
    # What a logger writes before a message: `INFO:root:`, `[2025-01-15 10:30:00] INFO `. A stream's chunks stand behind `data:`.
    PREFIX = /\A(?!\s*data:)(?=[^{"]*\p{L})[^{"]{1,256}(?=\{\s*")/
    TAGGED = /\A\s*\[[^{"\[\]]{1,64}\][^{"]{0,256}\{\s*"/
    BRACKET = /\A\s*(?:\[|\],?)\s*\z/
    # Objects a line: as many as a line of many records has when it is queued.
    MOST = 50
    # Places that look like the begin of an object and are none.
    MISSES = 8

    # Whether a line is nothing but the bracket of an array with an object a line.
    def self.bracket?(text)
      text.bytesize < 8 && text.match?(BRACKET)
    end

    # Whether a line begins with a time or a level in brackets, and is no array.
    def self.tagged?(text)
      text.match?(TAGGED)
    end

    # The text behind a logger's prefix, nil where there is none.
    def self.behind_prefix(text)
      prefix = text[PREFIX]
      rest = prefix && text.byteslice(prefix.bytesize, text.bytesize).rstrip
      rest&.end_with?("}") ? rest : nil
    end

    def initialize(text)
      @text = text
      @bytes = text.ascii_only? ? text : text.b # so that a character's place is that of its byte
      # Bytes and places that may be tried in vain: no text is to take longer than a few times its parsing.
      @left = text.bytesize
      @misses = MISSES
    end

    # Pairs of a text and whether it is a whole object, in order; nil where no object was found.
    def parts
      @start = @bytes.index(FIRST)
      @stop = @bytes.rindex(LAST)&.succ
      return nil unless @start && @stop && @bytes.getbyte(@start) == 123 && @bytes.getbyte(@stop - 1) == 125
      return [[part(@start, @stop), true]] if @stop - @start < @bytes.bytesize && object?(@start, @stop)

      found = glued
      found.empty? ? nil : found
    end

    private

    # From the line's end on.
    def glued
      found = []
      rest = nil
      while found.size < MOST && (at = last_object)
        found.unshift([part(at, @stop), true])
        rest = at
        @stop = @bytes.rindex(LAST, at - 1).succ
      end
      return found if rest.nil?

      whole = object?(@start, @stop)
      found.unshift([part(@start, whole ? @stop : rest), whole])
    end

    # Where the last object begins, nil where there is none but that at the start.
    def last_object
      at = @stop
      while (at = object_before(at))
        @left -= @stop - at
        return nil if @left.negative?
        return within?(at) ? nil : at if object?(at, @stop)

        @misses -= 1
        return nil if @misses.zero?
      end
      nil
    end

    def object_before(place)
      @head ||= @bytes.match(HEAD, @start)&.[](0) || ""
      glued = @bytes.rindex(GLUED, place - 1)
      # Most writers begin each line with the same key.
      alike = @head.empty? ? nil : @bytes.rindex(@head, place - 1)
      at = [glued, alike].compact.max
      at && at > @start ? at : nil
    end

    # Whether the object may be part of the one before, whose end is missing.
    def within?(place)
      return false if @bytes.rindex(GLUED, place) == place
      return true if @stop - @start > LONG

      CLOSERS.any? { |closer| Json.object(part(@start, @stop) + closer) }
    end

    def object?(from, upto)
      !Json.object(part(from, upto)).nil?
    end

    def part(from, upto)
      @text.byteslice(from, upto - from)
    end
  end
end
