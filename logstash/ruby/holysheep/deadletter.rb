# frozen_string_literal: true

require "time"
require_relative "disclosure"
require_relative "ids"
require_relative "json"
require_relative "outline"

module HolySheep
  # Makes the `deadletter` document of an event that Elasticsearch refused. It has only fields that Elasticsearch surely
  # takes, and the outline of the refused document as text (the whole document, if the card says so). It never raises: an
  # error here would stop the pipeline.
  class Deadletter
    Output = Struct.new(:index, :id, :document)

    MAX_REASON = 1000
    MAX_DOCUMENT = 65_536
    # The output's words end in `response: {…}`, Ruby's form of Elasticsearch's answer. The document stands before it, so
    # only the end is searched.
    TAIL = 16_384
    TEXT = /"((?:[^"\\]|\\.){0,4000})"/
    CAUSE = /"(?:error|caused_by)"\s*=>\s*\{"type"\s*=>\s*#{TEXT}\s*,\s*"reason"\s*=>\s*#{TEXT}/
    STATUS = /\bstatus: (\d{3})\b/
    ISO = /\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z\z/
    DAY = /\A(\d{4})-(\d\d)-(\d\d)T/
    # What Elasticsearch's words quote of the document stands between quotation marks or brackets.
    OWN_WORDS = /[^"'\[]+/
    QUOTED = /(?:"([^"'\[\]]*)"|'([^"'\[\]]*)'|\[([^"'\[\]]*)\])/

    # whole: keep the refused document, not its outline.
    def initialize(prefix, whole: false, disclosure: Disclosure.new)
      @prefix = prefix
      @disclosure = disclosure
      @outline = Outline.new(disclosure)
      @whole = whole
    end

    # event: the refused event as a hash; metadata: its @metadata.
    def call(event, metadata)
      letter = metadata["dead_letter_queue"]
      reason_text = letter.is_a?(Hash) ? letter["reason"].to_s : ""
      body = json(event)
      index = short(metadata["index"]) || "unknown"
      id = short(metadata["id"])
      output(event, index, id, reason(reason_text), body)
    rescue StandardError, SystemStackError => e
      output({}, "unknown", nil, "internal_error: #{e.class}", "")
    end

    # `type: reason` of the error and its causes; the output plugin's message when Elasticsearch gave no answer.
    def reason(reason_text)
      at = reason_text.rindex("response: ")
      tail = at ? reason_text[at, TAIL] : ""
      causes = tail.scan(CAUSE).first(3).map { |type, words| "#{type}: #{unquoted(words.gsub(/\\(["\\])/, '\1'))}" }
      status = STATUS.match(reason_text)&.captures&.first
      text = causes.empty? ? unquoted(reason_text[0, reason_text.index(", action:") || MAX_REASON]) : causes.uniq.join("; ")
      text = "unknown" if text.strip.empty?
      text = "#{status} #{text}" if status && !text.include?("status:")
      text[0, MAX_REASON]
    end

    private

    # Elasticsearch's message up to the first quotation that may be prose. Of the rest only the length is kept.
    def unquoted(words)
      return words if @whole

      scanner = StringScanner.new(words.gsub("field's value", "value"))
      out = +""
      until scanner.eos?
        start = scanner.pos
        next out << scanner.matched if scanner.scan(OWN_WORDS) || (scanner.scan(QUOTED) && plain?(scanner))

        scanner.pos = start
        return out << @disclosure.withheld(scanner.rest)
      end
      out
    end

    def plain?(scanner)
      text = scanner[1] || scanner[2] || scanner[3]
      text.empty? || Token.key?(text) || Token.value?(text)
    end

    def output(event, index, id, reason, body)
      time = moment(event["@timestamp"])
      ids = Ids.new(@prefix, nil) # several threads share this object
      id_hash = ids.digest("deadletter", "#{index}\0#{id || body}", nil)
      document = { "@timestamp" => time, "event" => { "id" => id_hash },
                   "holysheep" => { "deadletter" => letter(index, id, reason, body) } }
      created = event["event"].is_a?(Hash) ? event["event"]["created"].to_s : ""
      document["event"]["created"] = created if created.match?(ISO)
      source = event["holysheep"].is_a?(Hash) ? short(event["holysheep"]["source"]) : nil
      document["holysheep"]["source"] = source if source
      Output.new(ids.index("deadletter", DAY.match(time).captures.join(".")), id_hash, document)
    end

    def letter(index, id, reason, body)
      part = { "reason" => reason, "index" => index }
      part["id"] = id if id
      part["document"] = @whole ? body[0, MAX_DOCUMENT] : @outline.of(body, MAX_DOCUMENT)[0] unless body.empty?
      part
    end

    # Logstash's own timestamp; its form is always ISO in UTC.
    def moment(value)
      text = value.to_s
      text.match?(ISO) ? text : Time.now.utc.iso8601(3)
    end

    def short(value)
      value.is_a?(String) && !value.empty? ? value.dup.force_encoding(Encoding::UTF_8).scrub[0, 512] : nil
    end

    def json(event)
      Json.dump(event.reject { |key, _| key == "@version" }.transform_values { |v| plain(v) })
    end

    # Values that JSON has; everything else (timestamps, decimals) as text.
    def plain(value, depth = 0)
      return "…" if depth > 64

      case value
      when Hash then value.to_h { |k, v| [k.to_s, plain(v, depth + 1)] }
      when Array then value.map { |v| plain(v, depth + 1) }
      when Integer, true, false, nil then value
      when Numeric then value.to_f.finite? ? value.to_f : value.to_s
      else value.to_s
      end
    end
  end
end
