# frozen_string_literal: true

require "digest"

module HolySheep
  # Names of documents and indices. The same line always gets the same id, so that a second reading adds nothing.
  #
  # `_id` is made from the source and the log's own id (or, without one, the line), never taken over: two sources may
  # count alike, an own id may be 10 kB long, and Elasticsearch keeps `_id` twice. 10 bytes in time order, which its
  # index packs to 13 bytes a document, do the work of a UUID's text at 33. What the log calls the call is `event.id`.
  class Ids
    # A UUID holds nothing to mask; everything else goes through Text first.
    UUID = /\A\h{8}-\h{4}-\h{4}-\h{4}-\h{12}\z/
    DAY_MS = 86_400_000

    def initialize(prefix, text)
      @text = text
      @prefix = prefix
      @names = {}
    end

    # [event.id, _id]. own: the log's id, nil when it has none; ms: the event's time, nil when the line has none, since
    # an id must not depend on arrival.
    def of(source, own, text, time_ms)
      event_id = own.is_a?(String) && own.match?(UUID) ? own : @text.keep(own)
      id = digest(source, event_id ? own : text, time_ms)
      [event_id || id, id]
    end

    # 80 bits in the alphabet that Elasticsearch packs: 27 of the day's millisecond, so that ids come in time order, and 53
    # of SHA-256; without a time all are of SHA-256. A clash needs the same millisecond and hash in one daily index.
    def digest(source, text, time_ms = nil)
      high, low = Digest::SHA256.digest("#{source}\0#{text}").unpack("Q>n")
      if time_ms
        bits = ((time_ms % DAY_MS) << 53) | (high >> 11)
        high = bits >> 16
        low = bits & 0xFFFF
      end
      [[high, low].pack("Q>n")].pack("m0").tr("+/", "-_").byteslice(0, 14)
    end

    def index(kind, day)
      by_day = (@names[kind] ||= {})
      by_day.clear if by_day.size > 4096
      by_day[day] ||= "#{@prefix}-#{kind}-#{day}"
    end
  end
end
