# frozen_string_literal: true

require "digest"

module HolySheep
  # HMAC-SHA256 of a text that is not kept. Whoever knows the text and the key can find the text's documents again; nobody
  # else can guess the text. Without a key there is no hash: the plain hash of a short text is guessed in seconds.
  class KeyedHash
    # Names the file that holds the key; see docs/privacy.md.
    VARIABLE = "HOLYSHEEP_PRIVACY_KEY_FILE"
    BLOCK = 64
    # 64 bits: enough to find a text again among billions.
    DIGITS = 16

    # The key of the file that the environment names. No file, or an empty one: no key.
    def self.from_environment(environment = ENV)
      path = environment[VARIABLE]
      new(path && !path.empty? ? File.binread(path).strip : "")
    rescue SystemCallError, IOError
      new("")
    end

    # key: bytes; empty for none.
    def initialize(key)
      return if key.empty?

      key = Digest::SHA256.digest(key) if key.bytesize > BLOCK
      padded = key.ljust(BLOCK, "\0").bytes
      @inner = padded.map { |byte| byte ^ 0x36 }.pack("C*").freeze
      @outer = padded.map { |byte| byte ^ 0x5C }.pack("C*").freeze
    end

    # Whether there is a key.
    def key?
      !@inner.nil?
    end

    # The first 16 hex digits of the text's HMAC; nil without a key.
    def of(text)
      @inner && hex(text)[0, DIGITS]
    end

    # All 64 hex digits of it.
    def hex(text)
      Digest::SHA256.hexdigest(@outer + Digest::SHA256.digest(@inner + text.b))
    end
  end
end
