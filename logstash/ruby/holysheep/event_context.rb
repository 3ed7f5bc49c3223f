# frozen_string_literal: true

require_relative "processor"

module HolySheep
  # Translates between Logstash's events and the processor. Each document becomes a new event: that is faster than setting
  # fields one by one, and no field of Filebeat or the input reaches Elasticsearch by accident. The document's keys are
  # symbols: they know their hash and their Java text, which Logstash would make anew of each key that is a text.
  module EventContext
    SOURCE = "[fields][holysheep][source]"
    HTTP = "[@metadata][input][http]"
    SEALED = "[@metadata][holysheep]"
    # The server puts this in place of a body's length where it has unpacked the body.
    TRANSFER = "[@metadata][input][http][request][headers][transfer_encoding]"

    module_function

    def events(event, processor)
      return [opened(event)] if event.include?(SEALED)

      line = event.get("message")
      line = line.nil? ? "" : Json.dump(line) unless line.is_a?(String)
      outputs = processor.call(line, context(event))
      outputs.size == 1 ? [event_of(outputs[0])] : outputs.map { |output| event_of(output) }
    end

    # A document as the codec of the http input hands it on. It is no part of the event's own fields, since the input adds
    # the request's to those.
    def sealed(output)
      ::LogStash::Event.new(:@timestamp => timestamp(output.ms),
                            :@metadata => { holysheep: { index: output.index, id: output.id,
                                                              document: output.document } })
    end

    # The event of a sealed document.
    def opened(event)
      sealed = event.get(SEALED)
      document = sealed["document"]
      document["@timestamp"] = event.timestamp
      document["@metadata"] = { "index" => sealed["index"], "id" => sealed["id"] }
      unversioned(document)
    end

    # The event as a rejected line.
    def rescued(event, rules, error)
      [event_of(Rejection.last(rules, event.get("message").to_s, arrival_ms(event), error))]
    end

    def context(event)
      Context.new(event.get(SOURCE), arrival_ms(event), true, text(event, "[host][name]"), text(event, "[log][file][path]"),
                  event.get("[log][offset]"), text(event, "stream"), text(event, "[container][name]"), body(event))
    end

    def body(event)
      return false unless event.include?(HTTP)

      event.get(TRANSFER) == "chunked" ? :unpacked : true
    end

    def arrival_ms(event)
      arrival = event.timestamp
      (arrival.to_i * 1000) + (arrival.usec / 1000)
    end

    def text(event, field)
      value = event.get(field)
      value.is_a?(String) ? value : nil
    end

    # The time as an object: Logstash parses a text a second time, and takes a bad one for now.
    def timestamp(millis)
      seconds, fraction = millis.divmod(1000)
      ::LogStash::Timestamp.at(seconds, fraction * 1000)
    end

    def event_of(output)
      document = output.document
      document[:@timestamp] = timestamp(output.ms)
      document[:@metadata] = { index: output.index, id: output.id }
      unversioned(document)
    end

    def unversioned(document)
      event = ::LogStash::Event.new(document)
      event.remove("@version")
      event
    end
  end
end
