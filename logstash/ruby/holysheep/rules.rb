# frozen_string_literal: true

require_relative "extract"
require_relative "json"

module HolySheep
  # The rendered rules.json, checked and compiled. A file that can't be used raises Bad; the holder then keeps the old.
  class Rules
    class Bad < StandardError; end

    # tree: for Extract; detect: lists of keys that together mark this shape
    Source = Struct.new(:name, :format, :tree, :detect, :own_id) do
      def like?(record)
        detect.any? { |keys| keys.all? { |key| record.key?(key) } }
      end
    end

    attr_reader :data, :sources, :detectors

    def self.read(path)
      new(Json.load(File.read(path, encoding: "UTF-8")))
    rescue Json::Invalid, SystemCallError, IOError => e
      raise Bad, "#{path}: #{e.message}"
    end

    def initialize(data)
      @data = data
      @sources = data.fetch("sources").to_h { |name, source| [name, build(name, source)] }.freeze
      @detectors = @sources.values.flat_map { |source| source.detect.map { |keys| [keys, source] } }
                           .sort_by { |keys, source| [-keys.size, source.name] }.freeze
      Processor.new(self)
    rescue KeyError, TypeError, NoMethodError, ArgumentError => e
      raise Bad, "the rules are incomplete: #{e.message}"
    end

    # The source whose keys a record has, the most specific first; nil for an unknown shape.
    def detect(record)
      found = @detectors.find { |keys, _| keys.all? { |key| record.key?(key) } }
      found && found[1]
    end

    private

    def build(name, source)
      Source.new(name, source.fetch("format"), Extract.compile(source.fetch("keys")), source.fetch("detect"),
                 source.fetch("own_id")).freeze
    end
  end

  # Holds the rules of a file and reads them anew when the file has changed, at most every `every` seconds. A broken
  # file is reported once and changes nothing.
  class RulesHolder
    attr_reader :current

    # log: object with info and error
    def initialize(path, log, every: 5)
      @path = path
      @log = log
      @every = every
      @mutex = Mutex.new
      @current = Rules.read(path)
      @seen = mark
      @due = now + every
    end

    # The rules to use now; safe to call from several workers.
    def fresh
      reload if now >= @due && @mutex.try_lock
      @current
    end

    private

    def reload
      return if now < @due

      @due = now + @every
      seen = mark
      return if seen == @seen

      @seen = seen
      @current = Rules.read(@path)
      @log.info("price card #{@current.data["version"]} loaded from #{@path}")
    rescue Rules::Bad => e
      @log.error("#{e.message}; the old rules stay in use")
    ensure
      @mutex.unlock
    end

    def mark
      stat = File.stat(@path)
      [stat.mtime.to_r, stat.size, stat.ino]
    rescue SystemCallError
      nil
    end

    def now
      Process.clock_gettime(Process::CLOCK_MONOTONIC)
    end
  end
end
