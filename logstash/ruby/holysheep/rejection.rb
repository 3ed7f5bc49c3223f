# frozen_string_literal: true

require_relative "outline"

module HolySheep
  # Builds the document of a rejected line: the reason, and the line's outline (its masked text, if the card says so).
  class Rejection
    # Raised where a line turns out not to be understood.
    class Reject < StandardError
      attr_reader :reason

      def initialize(reason, detail)
        super(detail)
        @reason = reason
      end
    end

    ORIGINAL_LIMIT = 65_536
    # The first thing in a line that looks like a time; good enough to put the line into its day.
    TIME = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?/

    # Of a line on which the filter itself failed, built with nothing that could have failed before.
    def self.last(rules, line, arrival_ms, error)
      text = Text.new
      ids = Ids.new(rules.data.fetch("index_prefix"), text)
      rejection = new(text, Times.new, ids, Disclosure.of(rules.data), whole: rules.data.fetch("keep")["rejected"])
      line = line.dup.force_encoding(Encoding::UTF_8).scrub
      rejection.output("internal_error", failure(error), line, Context.new(nil, arrival_ms, true))
    end

    # What went wrong without the error's words, which may quote the line.
    def self.failure(error)
      "#{error.class} at #{error.backtrace&.first.to_s[%r{[^/]*\z}]}"
    end

    # whole: keep the masked text, not its outline.
    def initialize(text, times, ids, disclosure, whole: false)
      @text = text
      @times = times
      @ids = ids
      @outline = Outline.new(disclosure)
      @whole = whole
    end

    def output(reason, detail, line, context)
      original, truncated = @whole ? @text.cut(line, ORIGINAL_LIMIT) : @outline.of(line, ORIGINAL_LIMIT)
      moment = moment_of(line.byteslice(0, ORIGINAL_LIMIT).scrub(""), context)
      source = context.source || (context.body ? "webhook" : nil)
      hash = @ids.digest(source, line, nil)
      part = { reason: reason, original: original, bytes: line.bytesize }
      detail = @text.keep_up_to(utf8(detail), 512)
      part[:detail] = detail if detail
      part[:truncated] = true if truncated
      document = { :@timestamp => moment.text, event: event(hash, context),
                   holysheep: { rejected: part } }
      document[:holysheep][:source] = @text.keep_up_to(source, 64) if source
      place(document, context)
      Output.new(@ids.index("rejected", moment.day), hash, document, moment.ms)
    end

    private

    # A parser's message may be bytes in no encoding, and mixing those with text raises.
    def utf8(text)
      text&.dup&.force_encoding(Encoding::UTF_8)&.scrub("\uFFFD")
    end

    def event(hash, context)
      event = { id: hash }
      event[:created] = @times.second(context.arrival_ms) if context.stamped
      event
    end

    def place(document, context)
      document[:host] = { name: context.host } if context.host
      return unless context.path

      document[:log] = { file: { path: context.path } }
      document[:log][:offset] = context.offset if context.offset
    end

    def moment_of(text, context)
      match = TIME.match(text)
      moment = match && @times.parse(match[0])
      moment && Times.plausible?(moment, context.arrival_ms) ? moment : @times.at(context.arrival_ms)
    end
  end
end
