# frozen_string_literal: true

require_relative "content_key"
require_relative "json"
require_relative "keyed_hash"
require_relative "mask"
require_relative "subject"
require_relative "token"

module HolySheep
  # Decides what is kept of a value that has no field of its own: the value itself when it can't be prose, else its length
  # and a keyed hash.
  class Disclosure
    MEMO_LIMIT = 10_000
    MEMO_BYTES = 128
    LONGEST_TOKEN = 256
    # Token ids and embeddings are texts too, written in numbers.
    MAX_NUMBERS = 8
    MASKED = /\A\[[A-Z_]+_MASKED\]\z/

    # By the settings of the price card.
    def self.of(rules)
      new(subject: Subject.new(rules.dig("keep", "user_ids") == "hmac"))
    end

    # subject: says under which keys a user stands.
    def initialize(hash = KeyedHash.from_environment, subject: Subject.new(false))
      @hash = hash
      @subject = subject
      @values = {}
      @keys = {}
    end

    # What is kept of a text: the text, the name of the mask that covers all of it, or the result of `withheld`.
    # content: whether its key says that it is content; :user if it says that it is a user.
    def text(value, content: false)
      return content == :user ? withheld_user(value) : withheld(value) if content && value != ""
      return disclose(value) if value.bytesize > MEMO_BYTES

      cached = @values[value]
      return cached if cached

      @values.clear if @values.size >= MEMO_LIMIT
      @values[value] = disclose(value).freeze
    end

    # Whether the texts under a key are content, or name a user who is not to be named.
    def withheld_below?(name)
      ContentKey.text?(name) || (@subject.key?(name) && :user)
    end

    # The same of all that stands below the key.
    def withheld_tree?(name)
      ContentKey.tree?(name) || (@subject.key?(name) && :user)
    end

    # What is kept of a key: the key, or a name made of its length and hash (`KEY_len=12_hmac=…`).
    def key(name)
      cached = @keys[name]
      return cached if cached

      shown_name = Token.key?(name) && Mask.text(name) == name ? name : withheld_key(name)
      return shown_name if name.bytesize > MEMO_BYTES

      @keys.clear if @keys.size >= MEMO_LIMIT
      @keys[name] = shown_name.freeze
    end

    # Whether a list holds nothing but a few numbers; a list of words is a sentence.
    def plain_list?(values)
      values.size <= MAX_NUMBERS && values.all? { |value| number?(value) || value == true || value == false || value.nil? }
    end

    # The replacement of a text that is not kept: its length in characters and its hash.
    def withheld(text, kind = "TEXT", length = text.length)
      digest = @hash.of(text)
      digest ? "[#{kind} len=#{length} hmac=#{digest}]" : "[#{kind} len=#{length}]"
    end

    # A number longer than any that counts something is a text in digits.
    def number?(value)
      value.is_a?(Numeric) && (!value.is_a?(Integer) || value.abs < 10**20)
    end

    private

    # As `withheld`, with the pseudonym of a user who has a key.
    def withheld_user(text)
      digest = @subject.shown(text)
      digest ? "[TEXT len=#{text.length} hmac=#{digest}]" : "[TEXT len=#{text.length}]"
    end

    # Without the brackets: in Logstash they would make it a reference to another field.
    def withheld_key(name)
      withheld(name, "KEY").tr(" ", "_").delete("[]")
    end

    def disclose(value)
      return value if value.empty?
      return withheld(value) if value.length > LONGEST_TOKEN

      masked = Mask.text(value)
      return masked if masked.match?(MASKED)

      masked == value && Token.value?(value) ? value : withheld(value)
    end
  end
end
