# frozen_string_literal: true

require_relative "access_line"
require_relative "allowance"
require_relative "container_output"
require_relative "documents"
require_relative "exports"
require_relative "noise"
require_relative "output"
require_relative "records"
require_relative "rejection"
require_relative "rules"
require_relative "syslog_line"
require_relative "text"
require_relative "times"
require_relative "unknown_shape"

module HolySheep
  # What is known of a line besides its text. arrival_ms: time of arrival; stamped: whether that time goes into the
  # document; body: whether the line is a webhook's body, which may hold many records; :unpacked if the server unpacked it.
  Context = Struct.new(:source, :arrival_ms, :stamped, :host, :path, :offset, :stream, :container, :body)

  # The filter without Logstash: takes a line, returns its documents. It never raises because of a line. Not thread-safe,
  # because of its caches.
  class Processor
    MAX_SCALAR = 4096
    # Reasons why a line is rejected that may yet hold an object.
    NO_JSON = %w[invalid_json not_an_object].freeze

    # outlet: takes the documents of a body one by one, in place of #call's answer; nil to have them all returned.
    def initialize(rules, outlet = nil)
      @rules = rules
      @text = Text.new
      @times = Times.new
      @extract = Extract.new
      ids = Ids.new(rules.data.fetch("index_prefix"), @text)
      @disclosure = Disclosure.of(rules.data)
      @rejection = Rejection.new(@text, @times, ids, @disclosure, whole: rules.data.fetch("keep")["rejected"])
      @documents = Documents.new(rules.data, @text, @times, ids, @disclosure)
      @allowance = Allowance.new(@rejection, outlet)
      @exports = Exports.new(@extract, @documents, @allowance, @rejection) { |*part| foreign(*part) }
      @containers = ContainerOutput.new(rules, @times, @extract, @documents)
    end

    # All outputs of a line or body, at least one unless the outlet had them.
    def call(line, context)
      text = Records.clean(line)
      empty = context.body == :unpacked ? "unreadable_body" : "empty_line"
      return [@rejection.output(empty, nil, text, context)] if Records.blank?(text)

      @allowance.renew
      return outputs_or_rejection(text, context) unless context.body

      records, rest = Records.of_body(text, @allowance.left)
      records = [text] if records.empty?
      return outputs_or_rejection(records[0], context) if records.size == 1 && rest.nil?

      each_of(records, rest, context)
    end

    private

    def each_of(records, rest, context)
      @allowance.spend(records, rest, context) { |record| outputs_or_rejection(record, context) }
    end

    # No line may stop the others: a line on which the filter fails ends in `rejected` too.
    def outputs_or_rejection(text, context)
      outputs_of_line(text, context)
    rescue Rejection::Reject, Json::Invalid => e
      mended(text, e.reason, context) || [@rejection.output(e.reason, e.message, text, context)]
    rescue StandardError, SystemStackError => e
      [@rejection.output("internal_error", Rejection.failure(e), text, context)]
    end

    # The outputs of a line that is no JSON but holds whole objects, is a bracket of an array with an object a line, or has a
    # logger's prefix; nil of any other.
    def mended(text, reason, context)
      return nil unless NO_JSON.include?(reason)
      return [@documents.of_ignored(1, 1, context.source, text, context)] if json_file?(context) && Noise.bracket?(text)

      parts = Noise.new(text).parts
      return behind_prefix(text, context) unless parts

      @allowance.spend(parts, nil, context) do |part, whole|
        next outputs_or_rejection(part, context) if whole

        [@rejection.output("invalid_json", "half a record, on a line with a whole one", part, context)]
      end
    end

    # What is no record behind the prefix leaves the line as it is.
    def behind_prefix(text, context)
      record = Noise.behind_prefix(text)
      record && outputs_of_line(record, context)
    rescue Rejection::Reject, Json::Invalid
      nil
    end

    def json_file?(context)
      !context.body && @rules.sources[context.source]&.format == "json"
    end

    def outputs_of_line(text, context)
      source = source_of(context)
      format = source ? source.format : "any"
      first = Records.first_byte(text)
      return array(text, context) if first == 91 && array?(text, format, context)
      return object(text, source, context) if first == 123 && (format == "json" || format == "csv")

      case format
      when "json" then reject_scalar(text)
      when "access" then first == 123 ? access_object(text, source, context) : plain(:access, text, source, context)
      when "syslog" then plain(:syslog, text, source, context)
      when "container" then @containers.of(text, source, context)
      when "csv" then @exports.of_csv(text, source, context)
      when "text" then @exports.of_text(text, source, context)
      else detect_line(text, first, context)
      end
    end

    def source_of(context)
      return nil if context.source.nil?

      @rules.sources[context.source] || raise(Rejection::Reject.new("unknown_source", "no source is named so: #{context.source}"))
    end

    def array?(text, format, context) # where lines may be plain text, `[INFO] …` and `[2025-01-15 …` are none
      return format == "json" && !Noise.tagged?(text) unless format == "any"

      text.match?(/\A\s*\[\s*[{\[\]]/) || Records.odd_array?(text, !context.body)
    end

    # An array within an array is no record.
    def array(text, context)
      values, rest = Records.values(text, @allowance.left)
      raise Rejection::Reject.new("not_an_object", "an empty array") if values.empty? && rest.nil?
      raise Rejection::Reject.new("not_an_object", "an array in an array") if values == [text]

      @allowance.spend(values, rest, context) do |value|
        first = Records.first_byte(value)
        first == 91 ? [@rejection.output("not_an_object", "an array in an array", value, context)] : outputs_or_rejection(value, context)
      end
    end

    def reject_scalar(text)
      Json.load(text) if text.bytesize < MAX_SCALAR # only to say which it is, and only when that is cheap
      raise Rejection::Reject.new("not_an_object", "no JSON object")
    end

    def object(text, source, context)
      pieces, rest = split_objects(text)
      return each_of(pieces, rest, context) if pieces

      record = Json.load(text)
      raise Rejection::Reject.new("invalid_json", "text behind the object") unless record.is_a?(Hash)
      return batch(record, text, context) if record["logs"].is_a?(Array) && !record.key?("model")

      record(record, source, text, context)
    end

    # Two objects on one line, as writers without a lock leave them: the parser would take the first and drop the rest.
    def split_objects(text)
      return nil unless Records.next_object?(text)

      values, rest = Records.values(text, [@allowance.left, 2].max)
      values.size > 1 ? [values, rest] : nil
    end

    # The logging client's batches: {"logs": [entry, …]}. Each entry keeps its own text, and with it its id.
    def batch(record, text, context)
      entries = record["logs"]
      raise Rejection::Reject.new("not_an_object", "an empty batch") if entries.empty?

      texts, rest = Records.of_batch(text, @allowance.left)
      texts = entries.map { |entry| Json.dump(entry) } if texts.size != entries.size && rest.nil?
      each_of(texts, rest, context)
    end

    # The shape decides how a record is read, the source what it is called: an agent's entry is one by whatever way
    # it came.
    def record(record, source, text, context)
      shape = shape_of(record, source)
      shape ||= @rules.sources["webhook"] if context.body
      raise UnknownShape.of(@rules, record, source) unless shape

      shaped(record, shape, source, text, context)
    end

    def shaped(record, shape, source, text, context)
      return @exports.of_record(record, shape, (source || shape).name, text, context) if shape.reader

      @extract.run(record, shape.tree)
      raise UnknownShape.of(@rules, record, source) unless Reader.call?(shape, @extract.slots)

      @documents.of_call(@extract, shape, (source || shape).name, text, context)
    end

    def shape_of(record, source)
      return @rules.detect(record) unless source

      source.like?(record) ? source : @rules.detect(record) || source
    end

    # A record within an envelope of another source: read as if it had come alone.
    def foreign(record, envelope, context)
      shape = @rules.detect(record) || (context.body ? @rules.sources["webhook"] : nil)
      raise UnknownShape.of(@rules, record, nil) if shape.nil? || shape.equal?(envelope)

      shaped(record, shape, source_of(context), Json.dump(record), context)
    end

    def plain(kind, text, source, context)
      slots = kind == :access ? AccessLine.parse(text, @times) : SyslogLine.parse(text, @times, context.arrival_ms)
      raise Rejection::Reject.new("not_#{kind == :access ? "an_access" : "a_syslog"}_line", "the line has another form") unless slots

      name = (source || @rules.sources.fetch(kind.to_s)).name
      kind == :access ? @documents.of_access(slots, name, text, context) : @documents.of_system(slots, name, text, context)
    end

    def access_object(text, source, context)
      record = Json.load(text)
      @extract.run(record, source.tree)
      slots = @extract.slots
      AccessLine.request(slots[Slots::MESSAGE], slots) if slots[Slots::MESSAGE].is_a?(String)
      time = slots[Slots::TIME]
      slots[Slots::TIME] = AccessLine.time(time, @times) if time.is_a?(String) && time.include?("/")
      raise Rejection::Reject.new("unknown_shape", "not an access record") unless slots[Slots::STATUS_CODE]

      [Slots::REFERRER, Slots::USER_AGENT, Slots::AUTH_USER, Slots::TRACE].each { |slot| slots[slot] = nil if slots[slot] == "-" }

      @documents.of_access(slots, source.name, text, context)
    end

    # A line of which nobody said where it comes from.
    def detect_line(text, first, context)
      if first == 123
        return @containers.of(text, @rules.sources.fetch("container"), context) if ContainerLine.wrapped?(text)

        return object(text, nil, context)
      end
      return plain(:access, text, nil, context) if AccessLine.parse(text, @times)
      return plain(:syslog, text, nil, context) if SyslogLine.parse(text, @times, context.arrival_ms)
      return @containers.of(text, @rules.sources.fetch("container"), context) if ContainerLine.wrapped?(text)

      reject_scalar(text)
    end
  end
end
