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

    def context(event)
      http = event.get(HTTP)
      Context.new(event.get(SOURCE), (event.timestamp.time.to_f * 1000).to_i, true, event.get("[host][name]"),
                  event.get("[log][file][path]"), event.get("[log][offset]"), event.get("stream"),
                  event.get("[container][name]"), !http.nil?)
    end

    def event_of(output)
      event = ::LogStash::Event.new(output.document)
      event.set("[@metadata][index]", output.index)
      event.set("[@metadata][id]", output.id)
      event.remove("@version")
      event
    end
  end
end
