# frozen_string_literal: true

require "digest"

module HolySheep
  # Names of documents and indices. The same line always gets the same id, so that a second reading adds nothing.
  #
  # `_id` is made from the source and the log's own id (or, without one, the line), never taken over: two sources may
  # count alike, an own id may be 10 kB long, and Elasticsearch keeps `_id` twice. 9 bytes, which Elasticsearch unpacks
  # from their Base64 and keeps in 13, do the work of a UUID's text at 51. What the log calls the call is `event.id`.
  class Ids
    DAY_S = 86_400

    def initialize(prefix, text)
      @text = text
      @prefix = prefix
      @names = {}
    end

    # [event.id, _id]. own: the log's id, nil when it has none; ms: the event's time, nil when the line has none, since
    # an id must not depend on arrival.
    # context: of its `offset`, where in its file the line starts, nil when nobody knows. It tells equal lines apart that
    # have neither an id nor a time, and stays the same when the file is renamed or read again; nil for timeless records.
    def of(source, log_id, text, time_ms, context)
      event_id = @text.keep(log_id)
      id = digest(source, event_id ? log_id : text_with_offset(text, time_ms, context), time_ms)
      [event_id || id, id]
    end

    def text_with_offset(text, time_ms, context)
      offset = time_ms ? nil : context&.offset
      offset.nil? ? text : "#{text}\0#{offset}"
    end

    # 72 bits in the alphabet that Elasticsearch unpacks: 17 of the day's second, so that ids come in time order, and 55
    # of SHA-256; without a time all are of SHA-256. A clash needs the same second and hash in one daily index: at 50
    # million documents a day, one in some 7,000 years.
    def digest(source, text, time_ms)
      hash = Digest::SHA256.digest("#{source}\0#{text}")
      return packed(hash.byteslice(0, 9)) unless time_ms

      second = time_ms / 1000 % DAY_S
      hash.setbyte(0, (hash.getbyte(0) & 0x7F) | ((second & 1) << 7))
      packed([second >> 1, hash].pack("na7"))
    end

    def index(kind, day)
      by_day = (@names[kind] ||= {})
      by_day.clear if by_day.size > 4096
      by_day[day] ||= "#{@prefix}-#{kind}-#{day}"
    end

    private

    def packed(bytes)
      text = [bytes].pack("m0")
      text.include?("+") || text.include?("/") ? text.tr("+/", "-_") : text
    end
  end
end
