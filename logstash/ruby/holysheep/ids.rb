# frozen_string_literal: true

require "digest"
require_relative "numbers"

module HolySheep
  # Names of documents and indices. The same line always gets the same id, so that a second reading adds nothing.
  #
  # `_id` is made from the source and the log's own id (or, without one, the line), never taken over: two sources may
  # count alike, an own id may be 10 kB long, and Elasticsearch keeps `_id` twice. 9 bytes, which Elasticsearch unpacks
  # from their Base64 and keeps in 13, do the work of a UUID's text at 51. What the log calls the call is `event.id`.
  #
  # Not thread-safe: the hash function and the names of indices are used again and again.
  class Ids
    DAY_S = 86_400
    # What writers put where they have no id. Taken for ids, these would make one document of many calls.
    NO_IDS = [*Numbers::NOTHING, *%w[-- 0 unknown false n/a na]].to_h { |word| [word, true] }.freeze
    LONGEST_NO_ID = NO_IDS.keys.map(&:bytesize).max
    # The Base64 of 12 bits, in the alphabet for URLs.
    PAIRS = [*"A".."Z", *"a".."z", *"0".."9", "-", "_"].then { |signs| signs.product(signs).map { |pair| pair.join.freeze } }.freeze

    # A template's name for an id that nobody filled in: `{{request_id}}`, `${id}`, `%{[id]}`, `$request_id`.
    UNFILLED = /\A\s*(?:\{\{.*\}\}|[$%]\{.*\}|\$[a-z_.]+)\s*\z/i

    # Whether a value stands where there is no id.
    def self.none?(log_id)
      return log_id == false || (log_id.is_a?(Integer) && log_id.zero?) unless log_id.is_a?(String)
      return true if log_id.bytesize <= LONGEST_NO_ID && NO_IDS.key?(log_id.strip.downcase)

      first = log_id.getbyte(0)
      (first.nil? || first < 48 || first == 123) && log_id.match?(UNFILLED)
    end

    def initialize(prefix, text)
      @text = text
      @prefix = prefix
      @names = {}
      @sha256 = Digest::SHA256.new
      @heads = {} # what stands before the hashed text, by source
    end

    # [event.id, _id]. own: the log's id, nil when it has none; ms: the event's time, nil when the line has none, since
    # an id must not depend on arrival.
    # context: of its `offset`, where in its file the line starts, nil when nobody knows. It tells equal lines apart that
    # have neither an id nor a time, and stays the same when the file is renamed or read again; nil for timeless records.
    def of(source, log_id, text, time_ms, context)
      event_id = own(log_id)
      id = digest(source, event_id ? log_id : text_with_offset(text, time_ms, context), time_ms)
      [event_id || id, id]
    end

    # [event.id, _id] of a line with an idempotency key: the same for each line of the key, whatever its own id and time. A
    # failed attempt is not the call that a retry made of it: that one may be billed. text: the key's
    def of_key(source, log_id, text, failed)
      id = digest(source, "\0#{text}\0#{failed ? "failure" : ""}", nil)
      [own(log_id) || @text.keep(text) || id, id]
    end

    def text_with_offset(text, time_ms, context)
      offset = time_ms ? nil : context&.offset
      offset.nil? ? text : "#{text}\0#{offset}"
    end

    # 72 bits in the alphabet that Elasticsearch unpacks: 17 of the day's second, so that ids come in time order, and 55
    # of SHA-256; without a time all are of SHA-256. A clash needs the same second and hash in one daily index: at 50
    # million documents a day, one in some 7,000 years.
    def digest(source, text, time_ms)
      sha256 = @sha256
      sha256 << (@heads[source] || head(source))
      sha256 << text.to_s # an id of the log may be a number
      hash = sha256.digest!
      time_ms ? timed(time_ms / 1000 % DAY_S, hash) : [hash.byteslice(0, 9)].pack("m0").tr("+/", "-_")
    end

    def index(kind, day)
      by_day = (@names[kind] ||= {})
      by_day.clear if by_day.size > 4096
      by_day[day] ||= "#{@prefix}-#{kind}-#{day}"
    end

    private

    # What is kept of the log's id; nil where it has none.
    def own(log_id)
      Ids.none?(log_id) ? nil : @text.keep(log_id)
    end

    def head(source)
      @heads.clear if @heads.size > 100 # an unknown source may have any name
      @heads[source] = "#{source}\0"
    end

    # The second's 17 bits, seven of the hash's first byte and the next six bytes, twelve bits at a time: in half the time
    # of two `pack`.
    def timed(second, hash)
      b1 = hash.getbyte(1)
      b2 = hash.getbyte(2)
      b4 = hash.getbyte(4)
      b5 = hash.getbyte(5)
      "#{PAIRS[second >> 5]}#{PAIRS[((second & 31) << 7) | (hash.getbyte(0) & 127)]}" \
        "#{PAIRS[(b1 << 4) | (b2 >> 4)]}#{PAIRS[((b2 & 15) << 8) | hash.getbyte(3)]}" \
        "#{PAIRS[(b4 << 4) | (b5 >> 4)]}#{PAIRS[((b5 & 15) << 8) | hash.getbyte(6)]}"
    end
  end
end
