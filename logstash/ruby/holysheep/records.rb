# frozen_string_literal: true

require "strscan"
require_relative "json"

module HolySheep
  # Cuts a text into the raw texts of its JSON values without parsing them, so that each keeps its own bytes
  # (and with them its id), and a broken one takes nothing else with it.
  module Records
    BOM = "\uFEFF"
    STRUCTURE = /["\[\]{}]/
    # Atomic: an unclosed string of 10 MB must not be tried in every way it could be cut.
    STRING_REST = /(?>(?:[^"\\]+|\\.)*)"/m
    SEPARATOR = /[\s,]+/
    BATCH = /"logs"\s*:\s*(?=\[)/
    # An array whose first element is no object: a null, a number or a text, with its comma.
    ODD_ARRAY = /\A\s*\[\s*(?:null|true|false|-?\d[\d.eE+-]*|"(?>(?:[^"\\]+|\\.)*)")\s*,/m
    NEXT_OBJECT = /\}\s*\{/
    FEW_OBJECTS = 20

    module_function

    # A line as it arrived: valid UTF-8, without byte order mark, carriage return or line feed at its ends.
    def clean(text)
      text = text.dup.force_encoding(Encoding::UTF_8) unless text.encoding == Encoding::UTF_8
      text = text.scrub("\uFFFD") unless text.valid_encoding?
      text = text.delete_prefix(BOM) if text.getbyte(0) == 0xEF
      last = text.getbyte(-1)
      last == 13 || last == 10 ? text.sub(/[\r\n]+\z/, "") : text
    end

    # Whether nothing stands in a text. A glance at its first byte spares nearly every line the search.
    def blank?(text)
      first = text.getbyte(0)
      (first.nil? || first <= 32) && !text.match?(/\S/)
    end

    # The first byte that is no blank.
    def first_byte(text)
      byte = text.getbyte(0)
      byte == 32 || byte == 9 ? text.lstrip.getbyte(0) : byte
    end

    # Whether a second object may begin in the text. What stands before each of its few `{` tells it in a tenth of the
    # expression's time.
    def next_object?(text)
      bytes = text.ascii_only? ? text : text.b # so that a character's place is that of its byte
      left = FEW_OBJECTS
      at = bytes.index("{", 1)
      while at
        before = bytes.getbyte(at - 1)
        before = bytes.getbyte(at - 2) if before == 32
        return text.match?(NEXT_OBJECT) if before == 125 || before <= 32 || left.zero?

        left -= 1
        at = bytes.index("{", at + 1)
      end
      false
    end

    # The records of a webhook body: one object, an array, or NDJSON. An object printed over several lines is one, also when
    # it is a batch with a record a line. At most `limit` of them; the second value is the text of the rest, nil when there is
    # none.
    def of_body(body, limit)
      return [[body], nil] unless body.include?("\n")

      array = body.match?(/\A\s*\[/)
      return values(body, limit) if array && !array_in_first_line?(body)

      lines = body.split("\n", limit + 1)
      rest = lines.pop if lines.size > limit
      lines = lines.map { |line| clean(line) }.reject(&:empty?)
      a_line_each = array || !body.match?(/\A\s*\{/) || object?(without_comma(lines[0]))
      found = objects(body, lines, limit) unless a_line_each
      found || [lines.map { |line| without_comma(line) }, rest]
    end

    # The objects of a body whose first line holds none, nil where other lines do. What looks like one object is parsed, which
    # takes a fraction of the time of a search for the values' ends.
    def objects(body, lines, limit)
      one = body.strip.chomp(",").rstrip
      return [[one], nil] if one_object?(one)
      return nil if lines.any? { |line| whole?(line) }

      found = values(body, limit)
      cut_off?(found[0], lines) ? nil : found
    end

    # Whether the one value of a body is a batch with a record a line whose end is missing.
    def cut_off?(texts, lines)
      texts.size == 1 && lines.any? { |line| line.end_with?(",") && whole?(without_comma(line)) } && Json.try(texts[0]).nil?
    end

    def whole?(line)
      line.start_with?("{") && line.end_with?("}")
    end

    # The comma behind a record, where the lines were once those of an array.
    def without_comma(line)
      line.getbyte(-1) == 44 && line.getbyte(-2) == 125 ? line.chop : line
    end

    # Whether a text is an object and nothing else: Logstash's parser takes the last of several.
    def one_object?(text)
      object?(text) && value_end(StringScanner.new(text), text) == text.bytesize
    end

    def object?(text)
      whole?(text) && !Json.object(text).nil?
    end

    # Whether an array begins with something else than an object. whole: whether the text has to end with it, too; lines of
    # plain text may begin as an array does.
    def odd_array?(text, whole)
      text.include?("{") && text.match?(ODD_ARRAY) && (!whole || Json.try(text).is_a?(Array))
    end

    # Whether the first line is a whole array and other lines follow: NDJSON, of which some lines are arrays.
    def array_in_first_line?(body)
      start = body.index(/\S/)
      line = body[start...(body.index("\n", start) || body.length)]
      return false unless body[(start + line.length)..].match?(/\S/)

      scanner = StringScanner.new(line)
      stop = value_end(scanner, line)
      line.rstrip.end_with?("]") && line.byteslice(stop, line.bytesize).match?(/\A\s*\z/)
    end

    # The raw texts of the values in a row of JSON values, an outer array being opened. What is not a value, such as
    # the truncated end of an array, comes back as a text of its own. At most `limit`, and the text of the rest or nil.
    def values(text, limit)
      scanner = StringScanner.new(text)
      scanner.skip(/\s*/)
      array = scanner.skip(/\[/)
      texts = []
      until scanner.skip(SEPARATOR).nil? && scanner.eos?
        break if array && scanner.skip(/\]\s*\z/)
        break if scanner.eos?

        start = scanner.pos
        return [texts, text.byteslice(start, text.bytesize)] if texts.size >= limit

        stop = value_end(scanner, text)
        texts << text.byteslice(start, stop - start)
      end
      [texts, nil]
    end

    # The raw texts of the entries of `{"logs": [entry, …]}`, as #values has them; none where the key is written otherwise.
    def of_batch(text, limit)
      start = BATCH.match(text)
      return [[], nil] unless start

      tail = text[start.end(0)..]
      scanner = StringScanner.new(tail)
      values(tail.byteslice(0, value_end(scanner, tail)), limit)
    end

    # Moves behind the value at the scanner's place and returns the byte position there.
    def value_end(scanner, text)
      return scanner.pos if scanner.skip(/[^\s,\[\]{}"]+/)

      depth = 0
      while scanner.skip_until(STRUCTURE)
        case text.getbyte(scanner.pos - 1)
        when 34 then return text.bytesize.tap { scanner.terminate } unless scanner.skip(STRING_REST)
        when 91, 123 then depth += 1
        else depth -= 1
        end
        return scanner.pos if depth <= 0
      end
      scanner.terminate
      text.bytesize
    end
  end
end
