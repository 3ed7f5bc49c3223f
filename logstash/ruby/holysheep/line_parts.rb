# frozen_string_literal: true

require "strscan"
require_relative "json"
require_relative "records"
require_relative "rules"

module HolySheep
  # Takes lines of many records apart into lines of few, before they are queued. A worker of Logstash holds all documents of
  # its batch of 125 lines at once: a Collector's file exporter writes thousands of spans a line, and a batch of such lines
  # would not fit into the heap, nor would it after a restart. Each part is a line that the filter reads as it reads the
  # whole, with the same ids.
  class LineParts
    # A line of fewer bytes holds some 80 records at most.
    SHORT = 8192
    # Records a part.
    MOST = 50
    ARRAY = /\A\s*\[\s*(?=\{)/
    BATCH = /\A\s*\{\s*"logs"\s*:\s*\[/
    OBJECT = /\A\s*\{/

    # rules: RulesHolder
    def initialize(rules)
      @rules = rules
    end

    # Yields the parts of a line in order; the line itself where it has few records. Safe to call from several threads.
    def each(line, &)
      return yield(line) if line.bytesize < SHORT
      return cut(line, $~.end(0), "[", "]", &) if ARRAY.match(line)
      return cut(line, $~.end(0), '{"logs":[', "]}", &) if BATCH.match(line)
      return yield(line) unless OBJECT.match?(line)

      Records.next_object?(line) ? cut(line, 0, "", "", &) : nested(line, &)
    end

    private

    # Parts of a row of values. Each value keeps its own bytes, and with them its id; the last part has the rest of the line
    # as it is, so that what is broken there stays so. start: in characters
    def cut(line, start, head, tail)
      scanner = StringScanner.new(line)
      scanner.pos = from = stop = line[0, start].bytesize
      count = 0
      until ended?(scanner, tail)
        if count == MOST
          yield "#{head}#{line.byteslice(from, stop - from)}#{tail}"
          from = scanner.pos
          count = 0
        end
        stop = Records.value_end(scanner, line)
        count += 1
      end
      yield from == start ? line : "#{head}#{line.byteslice(from, line.bytesize)}"
    end

    def ended?(scanner, tail)
      scanner.skip(Records::SEPARATOR)
      scanner.eos? || (!tail.empty? && scanner.check(/\]/))
    end

    # Parts of an object that holds lists of records by a source's `records`.
    def nested(line)
      rules = @rules.fresh
      return yield(line) unless rules.list_keys.any? { |key| line.include?(key) }

      record = Json.object(line)
      reader = record && rules.detect(record)&.reader
      path = reader&.list_path(record)
      return yield(line) if path.nil? || reader.records(record).size <= MOST

      divided(record, path).each { |part| yield Json.dump(part) }
    end

    # Copies of an object, each with at most MOST of what the path leads to.
    def divided(value, path)
      key, below = path
      items = value[key].is_a?(Array) ? value[key] : [value[key]]
      groups = path.size == 1 ? items.each_slice(MOST) : parts_below(items, below, path.drop(1))
      groups.map { |group| value.merge(key => group) }
    end

    # Items without a list hold no records.
    def parts_below(items, key, path)
      items.flat_map { |item| item.is_a?(Hash) && !item[key].nil? ? divided(item, path).map { |part| [part] } : [] }
    end
  end
end
