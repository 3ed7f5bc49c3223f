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

    if defined?(::LogStash::Json)
      # Jackson's own BigDecimals would only be turned into Floats, one by one.
      OPTIONS = { use_bigdecimal: false }.freeze

      def self.load(text)
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

      def self.load(text)
        raise Invalid.new("invalid_json", "a number of more than 1,000 digits") if text.bytesize > 1000 && text.match?(LONG_NUMBER)

        ::JSON.parse(text, max_nesting: MAX_NESTING, create_additions: false)
      rescue ::JSON::NestingError => e
        raise invalid(true, e)
      rescue ::JSON::ParserError, ::EncodingError => e
        raise invalid(false, e)
      end

      def self.dump(object)
        ::JSON.generate(object, allow_nan: true, max_nesting: 0)
      end
    end
  end
end
