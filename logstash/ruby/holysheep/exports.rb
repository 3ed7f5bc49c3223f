# frozen_string_literal: true

require_relative "csv_line"
require_relative "json"
require_relative "reader"
require_relative "rejection"
require_relative "text_values"

module HolySheep
  # Reads lines whose source has a Reader: bodies of many records, rows of a CSV, lines of plain text.
  class Exports
    # foreign: makes the outputs of a record that is not of its envelope's source, out of it, that source and the context.
    def initialize(extract, documents, allowance, rejection, &foreign)
      @foreign = foreign
      @extract = extract
      @documents = documents
      @allowance = allowance
      @rejection = rejection
    end

    # Of a parsed record. name: what the source is called in its documents.
    def of_record(record, shape, name, text, context)
      parts = shape.reader.records(record)
      return single(record, shape, name, text, context) if parts.nil?

      of_parts(parts, shape.reader.own_keys(record), shape, name, text, context)
    end

    # Of a row.
    def of_csv(text, source, context)
      cells = CsvLine.cells(text)
      raise Rejection::Reject.new("invalid_csv", "quotes that don't fit together") unless cells

      record, row_kind = CsvLine.record(cells, source.reader.columns)
      return [ignored(1, 1, source.name, text, context)] if row_kind == :header
      raise Rejection::Reject.new("unknown_columns", columns_detail(cells, source)) unless record

      single(record, source, source.name, text, context)
    end

    # Of a line of plain text, by the first pattern that fits: an access line.
    def of_text(text, source, context)
      match = nil
      source.reader.patterns.find { |pattern| match = pattern.match(text) }
      return [ignored(1, 1, source.name, text, context)] if match.nil? && source.reader.otherwise == "ignored"
      raise Rejection::Reject.new("unknown_shape", "none of the patterns of #{source.name} fits") unless match

      slots = Array.new(Slots::COUNT)
      match.named_captures.each { |name, value| slots[Slots::INDEX.fetch(name)] = value }
      slots[Slots::TIME] = TextValues.time(slots[Slots::TIME])
      slots[Slots::LATENCY_S] = TextValues.seconds(slots[Slots::LATENCY_S])
      @documents.of_access(slots, source.name, id_text(text, slots, context), context)
    end

    private

    # Of the records within a record. own: keys that a record of the source has.
    def of_parts(parts, own, shape, name, text, context)
      return [ignored(1, 1, name, text, context)] if parts.empty?

      accepted = parts.first(@allowance.left)
      rest = accepted.size < parts.size ? Json.dump(parts.drop(accepted.size)) : nil
      left_out = 0
      outputs = @allowance.spend(accepted, rest, context) do |part|
        outputs_or_rejection(part, own, shape, name, context).tap { |outputs_of_part| left_out += 1 if outputs_of_part.empty? }
      end
      left_out.zero? ? outputs : outputs + [ignored(left_out, accepted.size, name, text, context)]
    end

    # Lines without a time repeat each other: where in the file they stand tells them apart.
    def id_text(text, slots, context)
      slots[Slots::TIME].nil? && context.offset ? "#{text}\0#{context.path}\0#{context.offset}" : text
    end

    # No record may stop the others. An ignored one has no output.
    def outputs_or_rejection(part, own, shape, name, context)
      raise Rejection::Reject.new("not_an_object", "a record is no object") unless part.is_a?(Hash)
      return @foreign.call(part, shape, context) unless Rules.all?(part, own)

      outputs_of(part, shape, name, nil, context)
    rescue Rejection::Reject, Json::Invalid => e
      [@rejection.output(e.reason, e.message, Json.dump(part), context)]
    rescue StandardError, SystemStackError => e
      [@rejection.output("internal_error", Rejection.failure(e), Json.dump(part), context)]
    end

    # The outputs of one record. text: what its id is made from when it has none; nil: its own JSON.
    def outputs_of(record, shape, name, text, context)
      reader = shape.reader
      reader.prepare(record)
      @extract.run(record, shape.tree)
      reader.finish(@extract, record)
      kind = reader.kind(@extract.slots)
      return [] if kind == "ignored"

      text ||= @extract.slots[Slots::ID].nil? ? Json.dump(record) : ""
      case kind
      when "call" then @documents.of_call(@extract, shape, name, text, context)
      when "step" then @documents.of_step(@extract, shape, name, text, context)
      when "usage" then @documents.of_usage(@extract, shape, name, text, context)
      when "canary" then @documents.of_canary(@extract, shape, name, text, context)
      when "test" then @documents.of_test(@extract, shape, name, text, context)
      else raise Rejection::Reject.new("unknown_shape", "not a record of #{shape.name}: none of its values is there")
      end
    end

    # The outputs of a line that is one record, at least one.
    def single(record, shape, name, text, context)
      outputs = outputs_of(record, shape, name, text, context)
      outputs.empty? ? [ignored(1, 1, name, text, context)] : outputs
    end

    # Says how many records of a line or body were ignored.
    def ignored(count, all, name, text, context)
      @documents.of_ignored(count, all, name, text, context)
    end

    def columns_detail(cells, source)
      known = source.reader.columns.map(&:size).uniq.sort.join(" or ")
      "#{cells.size} cells, #{source.name} knows rows of #{known} (its columns are in its YAML, in that order)"
    end
  end
end
