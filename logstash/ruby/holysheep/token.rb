# frozen_string_literal: true

module HolySheep
  # Whether a text can only be an identifier, a version, a time or a number: short, ASCII, without blanks, of few words.
  # What may be prose in disguise (words joined by dashes, Base64, hexadecimal) is none.
  module Token
    FORM = %r{\A[A-Za-z0-9][A-Za-z0-9._:/+-]{0,63}\z}
    NUMBER = /\A[+-]?\d{1,20}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,3})?\z/
    TIME = /\A\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?\z/
    # A UUID, a trace id, a digest.
    HEX_ID = /\A(?:\h{8}-\h{4}-\h{4}-\h{4}-\h{12}|(?=\h*\d)\h{16,64})\z/
    KEY = /\A[A-Za-z_@$][A-Za-z0-9_.@$:-]{0,63}\z/
    SEPARATOR = %r{[._:/+@$-]+}
    WORD = /[A-Z]?[a-z]+|[A-Z]+(?![a-z])/
    # `us-gov-west-1` has three; a sentence has more.
    MAX_WORDS = 3
    # `user_api_key_team_alias` has five; with what is above it (`response.usage.…`) there are more.
    MAX_KEY_WORDS = 5
    MAX_PATH_WORDS = 8
    # A dotted key of more parts, all of them plain words, is a sentence: `tell.me.a.story`.
    PLAIN_DOTTED = /\A[A-Za-z0-9]+(?:\.[A-Za-z0-9]+){3,}\z/
    # A longer run of letters is several words, or encoded ones.
    LONGEST_WORD = /[a-z]{17}|[A-Z]{17}/
    # In an identifier of letters and digits chance makes shorter ones.
    WORD_IN_ID = /[A-Z]?[a-z]{3,}|[A-Z][a-z]{2,}|[A-Z]{3,}(?![a-z])/
    BASE64 = %r{\A[A-Za-z0-9+/_-]{8,}\z}
    HEX = /\A(?:\h\h){6,}\z/
    UNPRINTABLE = /[^[:print:]\n\t]/

    module_function

    # A value that is no prose.
    def value?(text)
      return true if text.match?(NUMBER) || text.match?(TIME)
      return false unless text.match?(FORM)
      return !readable?([text.delete("-")].pack("H*")) if text.match?(HEX_ID)

      !text.match?(LONGEST_WORD) && words(text) <= MAX_WORDS && !encoded?(text)
    end

    # The same for a key, which may have more words and some signs more.
    def key?(text)
      return false if !text.match?(KEY) || text.match?(LONGEST_WORD) || text.match?(PLAIN_DOTTED)

      words(text) <= MAX_PATH_WORDS && text.split(".").all? { |part| words(part) <= MAX_KEY_WORDS } && !encoded?(text)
    end

    def words(text)
      text.split(SEPARATOR).sum do |part|
        next part.scan(WORD).size unless part.match?(/\d/)

        part.match?(/[A-Za-z]/) ? [part.scan(WORD_IN_ID).size, 1].max : 0
      end
    end

    # Whether decoding it gives a text.
    def encoded?(text)
      return true if text.match?(HEX) && readable?([text].pack("H*"))

      text.match?(BASE64) && readable?(text.tr("-_", "+/").unpack1("m"))
    end

    def readable?(bytes)
      decoded = bytes.dup.force_encoding(Encoding::UTF_8)
      decoded.length > 3 && decoded.valid_encoding? && !decoded.match?(UNPRINTABLE)
    end
  end
end
