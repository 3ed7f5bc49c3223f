# frozen_string_literal: true

module HolySheep
  # One JSON text to Ruby objects: Jackson through Logstash where the filter runs in Logstash, json otherwise.
  # Both give hashes with string keys, and decimals as Float.
  module Json
    # `reason` is the value of holysheep.rejected.reason.
    class Invalid < StandardError
      attr_reader :reason

      def initialize(reason, detail)
        super(detail)
        @reason = reason
      end
    end

    # Jackson's own bound in Logstash, kept in the embedded mode too so that both refuse the same lines.
    MAX_NESTING = 1000

    PLACE = /\bcolumn:? (\d{1,9})/

    # A parser's own words quote the text; only the place is taken over.
    def self.invalid(deep, error)
      return Invalid.new("too_deep", "nested more than #{MAX_NESTING} deep") if deep

      place = PLACE.match(error.message.dup.force_encoding(Encoding::UTF_8).scrub)
      Invalid.new("invalid_json", place ? "no JSON at column #{place[1]}" : "no JSON")
    end

    # The whole of a text, or what is left of the last one.
    STRING = /"(?>(?:[^"\\]+|\\.)*)"?/m
    # What writers of other languages take for JSON: numbers of Python's that are none, and half of a surrogate pair, as
    # JavaScript and Java write it where a text was cut within an emoji.
    NEARLY = /\\u[dD]|NaN|Infinity/
    NO_NUMBER = /#{STRING}|-?\b(?:NaN|Infinity)\b/
    SURROGATES = /\\u[dD][89abAB]\h\h\\u[dD][c-fC-F]\h\h|\\u[dD][89a-fA-F]\h\h|\\./m
    HALF = 6

    # Raises Invalid. What is nearly JSON loses no more than its bad values: those numbers are null, half a pair is U+FFFD.
    def self.load(text)
      parse(text)
    rescue Invalid
      raise unless text.match?(NEARLY)

      parse(mended(text))
    end

    # The value, nil of what is no JSON.
    def self.try(text)
      load(text)
    rescue Invalid
      nil
    end

    # The object, nil of anything else.
    def self.object(text)
      value = try(text)
      value if value.is_a?(Hash)
    end

    def self.mended(text)
      text = text.gsub(NO_NUMBER) { |part| part.start_with?('"') ? part : "null" }
      text.gsub(SURROGATES) { |part| part.bytesize == HALF ? "\\ufffd" : part }
    end

    if defined?(::LogStash::Json)
      # Jackson's own BigDecimals would only be turned into Floats, one by one.
      OPTIONS = { use_bigdecimal: false }.freeze

      def self.parse(text)
        ::LogStash::Json.load(text, OPTIONS)
      rescue ::LogStash::Json::ParserError => e
        raise invalid(e.message.include?("nesting"), e)
      rescue StandardError => e
        # An exponent beyond Java's integers (1e9999999999) comes as a NumberFormatException.
        raise invalid(false, e)
      end

      def self.dump(object)
        ::LogStash::Json.dump(object)
      end
    else
      require "json"

      # Jackson refuses numbers of that length; json would spend minutes on making one of ten million digits.
      LONG_NUMBER = /\d{1001}/

      def self.parse(text)
        raise Invalid.new("invalid_json", "a number of more than 1,000 digits") if text.bytesize > 1000 && long_number?(text)

        ::JSON.parse(text, max_nesting: MAX_NESTING, create_additions: false)
      rescue ::JSON::NestingError => e
        raise invalid(true, e)
      rescue ::JSON::ParserError, ::EncodingError => e
        raise invalid(false, e)
      end

      # A text may have as many digits as it likes.
      def self.long_number?(text)
        text.match?(LONG_NUMBER) && text.gsub(STRING, "").match?(LONG_NUMBER)
      end

      def self.dump(object)
        ::JSON.generate(object, allow_nan: true, max_nesting: 0)
      end
    end
  end
end
