# frozen_string_literal: true

require_relative "access_line"
require_relative "container_line"
require_relative "json"
require_relative "reader"
require_relative "records"

module HolySheep
  # Reads the output of containers: calls that the application printed, access lines of a proxy, and text.
  class ContainerOutput
    def initialize(rules, times, extract, documents)
      @rules = rules
      @times = times
      @extract = extract
      @documents = documents
    end

    # The outputs of a line, at least one.
    def of(text, source, context)
      # Only the container parser names the stream, and only it puts the engine's time into the event.
      engine_time = context.stream && @times.at(context.arrival_ms)
      line = ContainerLine.unwrap(text, @times, engine_time, context.stream)
      inner = Records.clean(line.text)
      if Records.first_byte(inner) == 123
        outputs = inner.include?("\n") && call_and_rest(inner, line, text, source, context)
        outputs ||= call(inner, line, text, source, context)
        return outputs if outputs
      end
      slots = AccessLine.parse(inner, @times)
      return @documents.of_access(slots, source.name, text, context) if slots

      @documents.of_system(line.slots(inner), source.name, text, context)
    end

    private

    # The outputs of a call, nil of anything else. id_text: what its id is made from when it has none.
    def call(inner, line, id_text, source, context)
      record = Json.object(inner)
      shape = record && @rules.detect(record)
      return nil unless shape

      @extract.run(record, shape.tree)
      # What the application did not time, the engine did.
      @extract.slots[Slots::TIME] = line.time if @extract.slots[Slots::TIME].nil?
      Reader.call?(shape, @extract.slots) ? @documents.of_call(@extract, shape, source.name, id_text, context) : nil
    end

    # Of a call and the stack trace that the shipper's multiline parser joined to its line; nil of anything else. The call's
    # id is that of its line alone, where the text has that line, since what is joined depends on the time between the two.
    def call_and_rest(inner, line, text, source, context)
      head, rest = inner.split("\n", 2)
      return nil if rest.match?(/\A\s*\z/) || !head.rstrip.end_with?("}")

      outputs = call(head, line, line_of(text), source, context)
      outputs && (outputs + @documents.of_system(line.slots(rest), source.name, text, context))
    end

    # The first line of a text; all of it where the engine's wrapper holds the lines.
    def line_of(text)
      text[0, text.index("\n") || text.length]
    end
  end
end
