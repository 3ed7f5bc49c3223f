# frozen_string_literal: true

require_relative "json"
require_relative "mask"
require_relative "plain_id"
require_relative "uuid"

module HolySheep
  # Makes a log's free text safe to keep: masked, limited in length, without control characters.
  class Text
    LIMIT = 256
    MEMO_BYTES = 128
    # Shorter ids are of users, services and teams, which come again and again.
    ID_BYTES = 20
    PLACES = 16_384
    MAX_DEPTH = 64
    # No mask knows a number of fewer digits than twelve, and none of more than twenty.
    LONG = 10**11
    LONGEST = 10**20
    CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/
    # Cut before masking, so that masking time is bounded; generous, since masks shorten.
    SLACK = 4096
    # A secret that is cut in two is no longer recognised: the word at the cut is removed too.
    SEPARATOR = /[\s"',;]/
    LAST_WORD = 1024

    QUERY = /[?#]/

    # A URL or path without its query, which can hold keys and personal data; nil for what is no text.
    def self.without_query(url)
      return nil unless url.is_a?(String)

      cut = url.index(QUERY)
      cut ? url[0, cut] : url
    end

    # At each place the last two texts, each with its masked text. A text's hash chooses its place. Most ids come once: to look
    # for them in a Hash of all took longer than to mask them.
    def initialize
      @memo = Array.new(4 * PLACES)
    end

    # A scalar as masked text of at most 256 characters; nil for nil, empty text and structures.
    def keep(value)
      value.nil? ? nil : keep_up_to(value, LIMIT)
    end

    # The same of at most `limit` characters. A method of its own, because JRuby puts the arguments of a method that has
    # optional ones into an array at each call.
    def keep_up_to(value, limit)
      case value
      when String then value.empty? ? nil : string(value, limit)
      when nil, Hash, Array then nil
      when Integer then string(value.to_s, limit)
      when true, false then value.to_s
      else decimal(value.to_f)
      end
    end

    # The same for a value of any shape; structures become JSON text.
    def keep_any(value, limit)
      value.is_a?(Hash) || value.is_a?(Array) ? string(json(value), limit) : keep_up_to(value, limit)
    end

    # A structure as JSON text, the same in both runtimes.
    def json(value)
      Json.dump(plain(value))
    end

    # [masked text, whether it is shorter than the original] of a whole line.
    def cut(text, limit)
      shortened = text.bytesize > limit
      head = shortened ? without_last_word(text.byteslice(0, limit).scrub("")) : text
      [Mask.text(head).gsub(CONTROL, "\uFFFD"), shortened]
    end

    private

    # Programs that know no integers write a card's number as one: `4111111111111111.0`.
    def decimal(number)
      text = number.to_s
      return text unless number.abs >= LONG && number.abs <= LONGEST && number == number.floor

      digits = number.to_i.to_s
      masked = mask(digits, LIMIT)
      masked == digits ? text : masked
    end

    def string(text, limit)
      return mask(scrubbed(text), limit) if text.bytesize > MEMO_BYTES
      return text if limit >= MEMO_BYTES && id?(text)

      masked = masked_by(4 * (text.hash & (PLACES - 1)), text)
      masked.bytesize <= limit || masked.length <= limit ? masked : masked[0, limit]
    end

    def scrubbed(text)
      text.valid_encoding? ? text : text.scrub("\uFFFD")
    end

    # Whether it is a text that holds nothing to mask and mostly comes once: not one to remember.
    def id?(text)
      Uuid.is?(text) || (text.bytesize >= ID_BYTES && PlainId.is?(text))
    end

    def masked_by(place, text)
      return @memo[place + 1] if @memo[place] == text
      return @memo[place + 3] if @memo[place + 2] == text

      remember(place, text)
    end

    # The uncut text is remembered, since other fields have other limits.
    def remember(place, text)
      masked = mask(scrubbed(text), SLACK).freeze
      @memo[place + 2] = @memo[place]
      @memo[place + 3] = @memo[place + 1]
      @memo[place] = text.frozen? ? text : text.dup.freeze
      @memo[place + 1] = masked
    end

    def without_last_word(text)
      bound = [text.length - LAST_WORD, 0].max
      at = text.rindex(SEPARATOR)
      text[0, at && at > bound ? at : bound]
    end

    def mask(text, limit)
      text = without_last_word(text[0, limit + SLACK]) if text.length > limit + SLACK
      text = Mask.text(text)
      text = text.gsub(CONTROL, "") if text.match?(CONTROL)
      text.length > limit ? text[0, limit] : text
    end

    # BigDecimal (Logstash's decimals) as Float, so that both runtimes write the same JSON; bounded in depth, since the
    # writer's recursion has overflowed Logstash's stack at 300 levels.
    def plain(value, depth = 0)
      return "…" if depth > MAX_DEPTH

      case value
      when Hash then value.transform_values { |v| plain(v, depth + 1) }
      when Array then value.map { |v| plain(v, depth + 1) }
      when String, Integer, nil, true, false then value
      else value.to_f.then { |number| number.finite? ? number : number.to_s }
      end
    end
  end
end
