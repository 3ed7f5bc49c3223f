# frozen_string_literal: true

require "strscan"
require_relative "content_key"
require_relative "disclosure"
require_relative "mask"

module HolySheep
  # The outline of a line: keys, structure, numbers, and the values that Disclosure keeps, but no texts. It reads JSON
  # strictly from the beginning. From the first place that is not JSON, only the length of the rest is kept, so that a
  # broken or truncated line discloses no more than a valid one.
  class Outline
    SPACE = /[ \t\r\n]+/
    STRING = /"((?>(?:[^"\\\u0000-\u001F]+|\\.)*))"/
    # A message that somebody copied may hold line feeds.
    MESSAGE = /"(?>(?:[^"\\]+|\\.)*)"/m
    NUMBER = /-?\d{1,20}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,4})?(?=[\s,\]}]|\z)/
    # Shorter ones are none that a mask knows.
    LONG = /\d{12,20}/
    WORD = /(?:true|false|null)(?=[\s,\]}]|\z)/
    NUMBERS = /\[(?:[ \t]*(?:-?\d{1,20}(?:\.\d{1,20})?|true|false|null)[ \t]*(?:,|(?=\]))){0,8}\]/
    ESCAPE = /\\(?:u(\h{4})|(.))/m
    SURROGATES = /\\u([dD][89abAB]\h\h)\\u([dD][c-fC-F]\h\h)/
    LETTERS = { "n" => "\n", "t" => "\t", "r" => "\r", "b" => "\b", "f" => "\f" }.freeze

    # An open object or list. content: whether everything below it is content; messages: whether the texts of its message
    # keys are kept; key: the key of the next value.
    Level = Struct.new(:object, :content, :messages, :expect, :key)
    NO_KEYS = {}.freeze
    # Keys that hold an error or a log message.
    MESSAGE_KEYS = %w[message msg log error errors err error_message error_description detail details reason title exception
                      event level logger name].to_h { |key| [key, true] }.freeze
    # Where an object begins within a message: as it is, as JSON text, and as that within a JSON text.
    OBJECT = /\{\s*\\*"|\[\s*\{\s*\\*"/
    BEFORE_OBJECT = /(?=#{OBJECT})/
    ESCAPED_OBJECT = /\{\s*\\+"/
    CUT_OFF = /"((?:[^"\\]|\\.)*)\\?\z/m

    def initialize(disclosure)
      @disclosure = disclosure
    end

    # The outline of a text that is kept for its message: plain text stays as it is, of an object in it the texts of
    # MESSAGE_KEYS. What stays is not masked yet.
    def message(text, limit)
      return of(text, limit, MESSAGE_KEYS)[0] if text.match?(/\A\s*[{\[]\s*["{\[]/)
      return text unless text.match?(OBJECT)

      start(text, limit, MESSAGE_KEYS)
      while @out.bytesize <= limit && (words = @scanner.scan_until(BEFORE_OBJECT))
        @out << words
        object
      end
      @out << @scanner.rest if @out.bytesize <= limit
      @out
    end

    # [outline, whether it was cut], at most `limit` bytes and a remark. message_keys: keys whose texts are kept at the top
    # and below each other.
    def of(line, limit, message_keys = NO_KEYS)
      start(line, limit, message_keys)
      until @scanner.eos?
        return [@out << rest, true] if @out.bytesize > limit
        return [@out << rest, false] unless step
      end
      [@out, false]
    end

    private

    def start(text, limit, message_keys)
      @message_keys = message_keys
      @limit = limit
      @scanner = StringScanner.new(text)
      @out = +""
      @levels = []
    end

    # The object that begins here, to its end; to the text's end where it is none or has none.
    def object
      loop do
        return @out << rest if @out.bytesize > @limit || !step
        return if @levels.empty?
      end
    end

    def rest
      text = @scanner.rest
      outline = @out.strip.empty? ? @disclosure.text(text) : @disclosure.withheld(text, "REST")
      @scanner.terminate
      outline
    end

    # One sign or value further; nil or false where the line is no JSON.
    def step
      if @scanner.skip(SPACE)
        @out << " "
        return true
      end
      level = @levels.last
      return open_level(nil) || sign(",") if level.nil?

      level.object ? in_object(level) : in_list(level)
    end

    def in_object(level)
      case level.expect
      when :first then key(level) || close_level("}")
      when :key then key(level)
      when :colon then sign(":") && (level.expect = :value)
      when :value then value(level)
      else (sign(",") && (level.expect = :key)) || close_level("}")
      end
    end

    def in_list(level)
      case level.expect
      when :first then close_level("]") || value(level)
      when :value then value(level)
      else (sign(",") && (level.expect = :value)) || close_level("]")
      end
    end

    def key(level)
      return nil unless @scanner.skip(STRING)

      name = unescaped(@scanner[1])
      shown_name = @disclosure.key(name)
      level.key = shown_name == name ? name : nil
      level.expect = :colon
      @out << quoted(shown_name)
    end

    def value(level)
      if message?(level) && (@scanner.scan(MESSAGE) || @scanner.scan(CUT_OFF)) then @out << within(@scanner.matched)
      elsif @scanner.skip(STRING) then @out << quoted(@disclosure.text(unescaped(@scanner[1]), content: content?(level)))
      elsif (plain = @scanner.scan(WORD)) then @out << plain
      elsif (number = @scanner.scan(NUMBER)) then @out << number(level, number)
      elsif !content?(level) && (numbers = @scanner.scan(NUMBERS)) then @out << numbers.gsub(LONG) { |number| masked(number) }
      else return open_level(level)
      end
      level.expect = :after
    end

    # A message may hold the JSON text of an object, and that a request.
    def within(raw)
      return raw unless raw.match?(ESCAPED_OBJECT)

      quoted(Outline.new(@disclosure).message(unescaped(raw.delete_prefix('"').delete_suffix('"')), @limit))
    end

    # A user's id may be a number.
    def number(level, text)
      return '"[NUMBER]"' unless level.object

      content?(level) == :user ? quoted(@disclosure.text(text, content: :user)) : masked(text)
    end

    # A number can be a card's, or a person's, too.
    def masked(number)
      return number unless number.match?(LONG)

      text = Mask.text(number)
      text == number ? number : quoted(text)
    end

    # A text within a list is a part of a longer one, and so is one whose key is no plain name.
    def content?(level)
      level.content || !level.object || level.key.nil? || @disclosure.withheld_below?(level.key)
    end

    def message?(level)
      level.messages && (!level.object || @message_keys.key?(level.key))
    end

    # Objects of a list below a key are parts of one text too (the words of a transcript, the messages of a chat); those
    # of a list that is the whole line are records.
    def open_level(level)
      open = @scanner.scan(/[\[{]/)
      return nil unless open

      messages = level ? message?(level) : !@message_keys.empty?
      content = level && !messages ? inherited?(level, open) : false
      level.expect = :after if level
      @levels << Level.new(open == "{", content, messages, :first, nil)
      @out << open
    end

    def inherited?(level, open)
      return true if level.content
      return false unless level.object

      open == "[" || level.key.nil? || @disclosure.withheld_tree?(level.key)
    end

    def close_level(sign)
      return nil unless sign(sign)

      @levels.pop
      true
    end

    def sign(sign)
      @scanner.peek(1) == sign && @out << @scanner.getch
    end

    def quoted(text)
      text.match?(/["\\]/) ? Json.dump(text) : "\"#{text}\""
    end

    def unescaped(raw)
      return raw unless raw.include?("\\")

      raw.gsub(SURROGATES) { [$1.hex, $2.hex].pack("n*").force_encoding(Encoding::UTF_16BE).encode(Encoding::UTF_8) }
         .gsub(ESCAPE) { $1 ? character($1.hex) : LETTERS.fetch($2, $2) }
    end

    # Half a surrogate pair is no character.
    def character(code)
      code.between?(0xD800, 0xDFFF) ? "\uFFFD" : [code].pack("U")
    end
  end
end
