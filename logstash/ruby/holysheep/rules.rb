# frozen_string_literal: true

require_relative "extract"
require_relative "json"
require_relative "key_path"
require_relative "reader"

module HolySheep
  # The rendered rules.json, checked and compiled. A file that can't be used raises Bad; the holder then keeps the old.
  class Rules
    class Bad < StandardError; end

    # tree: for Extract; detect: lists of keys that together mark this shape, a key within an object as an array of keys;
    # reader: nil for a source that says no more than keys; timeless: whether ids are made without the time;
    # keep: paths without a field whose texts are kept
    Source = Struct.new(:name, :format, :tree, :detect, :own_id, :reader, :timeless, :keep) do
      def like?(record)
        at = 0
        at += 1 until at == detect.size || Rules.all?(record, detect[at])
        at < detect.size
      end
    end

    def self.all?(record, keys)
      at = 0
      at += 1 while at < keys.size && there?(record, keys[at])
      at == keys.size
    end

    def self.there?(record, key)
      key.is_a?(Array) ? KeyPath.there?(record, key) : record.key?(key)
    end

    # list_keys: JSON texts of the keys whose lists hold records, of all sources
    attr_reader :data, :sources, :detectors, :list_keys

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
      @list_keys = @sources.values.filter_map(&:reader).flat_map(&:list_keys).uniq.map { |key| Json.dump(key) }.freeze
      Processor.new(self)
    rescue KeyError, TypeError, NoMethodError, ArgumentError => e
      raise Bad, "the rules are incomplete: #{e.message}"
    end

    # The source whose keys a record has, the most specific first; nil for an unknown shape.
    def detect(record)
      keys_and_source = @detectors.find { |keys, _| Rules.all?(record, keys) }
      keys_and_source && keys_and_source[1]
    end

    # [source, keys that are there, keys that are missing] of the source that a record comes nearest to, nil for none.
    def nearest(record, among = @sources.values)
      tries = among.flat_map { |source| source.detect.map { |keys| [source, *keys.partition { |key| Rules.all?(record, [key]) }] } }
      tries.reject { |_, present, _| present.empty? }.min_by { |_, present, missing| [missing.size, -present.size] }
    end

    private

    def build(name, source)
      Source.new(name, source.fetch("format"), Extract.compile(source.fetch("keys")), detectors_of(source),
                 source.fetch("own_id"), Reader.of(source), source["id_has_time"] == false,
                 (source.dig("metadata", "allow") || []).to_h { |path| [path, true] }.freeze).freeze
    end

    def detectors_of(source)
      source.fetch("detect").map { |keys| keys.map { |key| key.include?(".") ? key.split(".").freeze : key }.freeze }.freeze
    end
  end

  # Holds the rules of a file and reads them anew when the file has changed, at most every `every` seconds. A broken
  # file is reported once and changes nothing.
  class RulesHolder
    @shared = {}
    @mutex = Mutex.new

    # The same for both codecs and every connection: the rules are read once, not once a connection.
    def self.shared(path, log)
      @mutex.synchronize { @shared[path] ||= new(path, log) }
    end

    attr_reader :current

    # log: object with info and error
    def initialize(path, log, every: 5)
      @path = path
      @log = log
      @every = every
      @mutex = Mutex.new
      @current = Rules.read(path)
      @loaded_mark = mark
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
      mark_now = mark
      return if mark_now == @loaded_mark

      @loaded_mark = mark_now
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
