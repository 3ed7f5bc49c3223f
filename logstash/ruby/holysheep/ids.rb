# frozen_string_literal: true

require "digest"

module HolySheep
  # Names of documents and indices. The same line always gets the same id, so that a second reading adds nothing.
  class Ids
    # An id of a log is used as it is when it can be taken for unique on its own; a shorter one gets the source's name
    # hashed in, so that two sources that both count from 1 don't overwrite each other.
    # A UUID holds nothing to mask; everything else goes through Text first.
    UUID = /\A\h{8}-\h{4}-\h{4}-\h{4}-\h{12}\z/
    OWN = /\A[A-Za-z0-9][A-Za-z0-9_.:-]{15,127}\z/

    def initialize(prefix, text)
      @text = text
      @prefix = prefix
      @names = {}
    end

    # [event.id, _id]; own is the log's id, or nil when it has none.
    def of(source, own, text)
      return [own, own] if own.is_a?(String) && own.match?(UUID)

      kept = @text.keep(own)
      if kept
        # By the unmasked id: every id that passes for a card number would else be the same one.
        [kept, kept.match?(OWN) ? kept : digest(source, own)]
      else
        hash = digest(source, text)
        [hash, hash]
      end
    end

    # 128 bits of SHA-256 in the alphabet that Elasticsearch packs into 16 bytes.
    def digest(source, text)
      [Digest::SHA256.digest("#{source}\0#{text}").byteslice(0, 16)].pack("m0").tr("+/", "-_").byteslice(0, 22)
    end

    def index(kind, day)
      by_day = (@names[kind] ||= {})
      by_day.clear if by_day.size > 4096
      by_day[day] ||= "#{@prefix}-#{kind}-#{day}"
    end
  end
end
