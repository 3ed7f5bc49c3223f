# frozen_string_literal: true

# One bench job: `filter.rb JOB.json`. Runs the real filter over lines that are in memory, single-threaded, its variants
# in turn (so that a slower minute of the machine hits all of them), and prints one JSON object a line: `{"done": LINES}`
# as it goes, `{"sample": …}` once a variant, `{"rounds": …}` at the end, `{"error": …}` when a line is not understood.
#
# A variant has `name`, `lines` (a file) and `rules` (a file), or `alone`: "json" or "regexp" for the named alternative.

require "json"
require "java"
require_relative "../../logstash/ruby/holysheep/processor"

module Bench
  # The whole of a line of the combined format and its eight parts, as grok would cut it.
  COMBINED = /\A(\S+) (\S+) (\S+) \[([^\]]+)\] "(\S+) (\S+)(?: ([^"]+))?" (\d{3}) (\d+|-) "([^"]*)" "([^"]*)"/
  THREADS = java.lang.management.ManagementFactory.thread_mx_bean
  SAMPLE = 2000
  CHUNK = 2000

  # The lines of a file, cut anew out of one buffer at each use: a text that was seen before knows its own encoding and
  # hash already, which no line that arrives does.
  class Lines
    attr_reader :size

    def initialize(path)
      binary = File.binread(path)
      @starts = [0]
      at = 0
      @starts << at while (at = binary.index("\n", at)) && (at += 1) < binary.bytesize
      @stops = @starts.drop(1).map { |start| start - 1 } << (binary.bytesize - 1)
      @buffer = binary.force_encoding(Encoding::UTF_8)
      @size = @starts.size
    end

    def line(number)
      slot = number % @size
      start = @starts[slot]
      @buffer.byteslice(start, @stops[slot] - start)
    end
  end

  # The filter, with a context as Logstash's events give it.
  class Filter
    def initialize(rules, source)
      @processor = HolySheep::Processor.new(HolySheep::Rules.read(rules))
      @context = HolySheep::Context.new(source, 1_740_787_200_000, true, "gateway-1", "/var/log/holysheep/api.log", 0)
    end

    def run(lines, from, to)
      made = 0
      number = from
      while number < to
        @context.arrival_ms += 1
        @context.offset += 300
        made += @processor.call(lines.line(number), @context).size
        number += 1
      end
      made
    end

    # How many documents of each kind, and of each cost status, a few lines give; what is wrong with one, if any.
    def sample(lines)
      count = Hash.new(0)
      SAMPLE.times do |number|
        @processor.call(lines.line(number), @context).each do |output|
          kind = output.index[/-([a-z]+)-[\d.]+\z/, 1]
          status = output.document.dig(:holysheep, :cost, :status)
          count[kind] += 1
          count["#{kind} #{status}"] += 1 if status
          next unless kind == "rejected" || status == "unpriced"

          raise "#{kind} #{status}: #{output.document[:holysheep]}: #{lines.line(number)}"
        end
      end
      count
    end
  end

  # JSON.parse alone: what no filter can do without.
  class JsonAlone
    def run(lines, from, to)
      number = from
      while number < to
        HolySheep::Json.load(lines.line(number))
        number += 1
      end
    end

    def sample(_lines) = {}
  end

  class RegexpAlone
    def run(lines, from, to)
      number = from
      while number < to
        COMBINED.match(lines.line(number)) || raise("no match")
        number += 1
      end
    end

    def sample(_lines) = {}
  end

  Variant = Struct.new(:name, :work, :lines, :at, :rounds) do
    # Wall and processor time of a stretch of lines, in ns.
    def timed(count, say)
      wall = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)
      cpu = THREADS.current_thread_cpu_time
      stretch(count)
      spent = [Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond) - wall, THREADS.current_thread_cpu_time - cpu]
      say.call("done" => count)
      spent
    end

    # In chunks, so that the loop itself is compiled early.
    def stretch(count)
      stop = at + count
      while at < stop
        to = [at + CHUNK, stop].min
        work.run(lines, at, to)
        self.at = to
      end
    end
  end

  module_function

  def work_of(variant, source)
    case variant["alone"]
    when "json" then JsonAlone.new
    when "regexp" then RegexpAlone.new
    else Filter.new(variant.fetch("rules"), source)
    end
  end

  def run(job, say)
    files = Hash.new { |known, path| known[path] = Lines.new(path) }
    variants = job.fetch("variants").map do |variant|
      Variant.new(variant.fetch("name"), work_of(variant, job.fetch("source")), files[variant.fetch("lines")], 0, [])
    end
    variants.each { |variant| say.call("sample" => variant.name, "counts" => variant.work.sample(variant.lines)) }
    # Warm-up in turns too: what the compiler assumes of one variant must not be overthrown by another while measuring.
    10.times { variants.each { |variant| variant.timed(job.fetch("warmup") / 10, say) } }
    job.fetch("rounds").times do |round|
      variants.rotate(round).each { |variant| variant.rounds << variant.timed(job.fetch("per_round"), say) }
    end
    say.call("rounds" => variants.to_h { |variant| [variant.name, variant.rounds] }, "jruby" => JRUBY_VERSION)
  end
end

say = lambda do |answer|
  $stdout.write(JSON.generate(answer), "\n")
  $stdout.flush
end
begin
  Bench.run(JSON.parse(File.read(ARGV.fetch(0))), say)
rescue StandardError => e
  say.call("error" => "#{e.class}: #{e.message[0, 2000]}")
  exit 1
end
