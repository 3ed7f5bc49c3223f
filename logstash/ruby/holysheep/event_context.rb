# frozen_string_literal: true

require_relative "processor"

module HolySheep
  # Between Logstash's events and the processor. A fresh event a document is faster than setting fields one by one, and
  # nothing of Filebeat's or the input's own fields reaches Elasticsearch unasked.
  module EventContext
    SOURCE = "[fields][holysheep][source]"
    HTTP = "[@metadata][input][http]"

    module_function

    def events(event, processor)
      line = event.get("message")
      line = line.nil? ? "" : Json.dump(line) unless line.is_a?(String)
      processor.call(line, context(event)).map { |output| event_of(output) }
    end

    # The event as a rejected line.
    def rescued(event, rules, error)
      [event_of(Rejection.last(rules, event.get("message").to_s, arrival_ms(event), error))]
    end

    def context(event)
      Context.new(event.get(SOURCE), arrival_ms(event), true, text(event, "[host][name]"), text(event, "[log][file][path]"),
                  event.get("[log][offset]"), text(event, "stream"), text(event, "[container][name]"), event.include?(HTTP))
    end

    def arrival_ms(event)
      seen = event.timestamp
      (seen.to_i * 1000) + (seen.usec / 1000)
    end

    def text(event, field)
      value = event.get(field)
      value.is_a?(String) ? value : nil
    end

    # The time as an object: Logstash parses a text a second time, and takes a bad one for now.
    def event_of(output)
      seconds, millis = output.ms.divmod(1000)
      document = output.document
      document["@timestamp"] = ::LogStash::Timestamp.at(seconds, millis * 1000)
      document["@metadata"] = { "index" => output.index, "id" => output.id }
      event = ::LogStash::Event.new(document)
      event.remove("@version")
      event
    end
  end
end
