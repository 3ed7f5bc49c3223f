# frozen_string_literal: true

# The filter's masks, for tests/cases/test_masks.py: one JSON line a text; the masked text, with `--plain` whether the text is
# an id that no mask can match, or with `--time` the seconds of processor time that masking took (the best of three, since
# other processes run too). With `--hints` no text is read: one line a hint that MaskHints does not see in the hint itself.

require "java"
require "json"
require_relative "../../logstash/ruby/holysheep/mask"

THREADS = java.lang.management.ManagementFactory.thread_mx_bean
if ARGV[0] == "--hints"
  HolySheep::MaskTable::ENTRIES.each do |entry|
    written = entry.any_case ? entry.hints.flat_map { |hint| [hint, hint.upcase(:ascii), hint.capitalize(:ascii)] } : entry.hints
    written.each { |hint| puts JSON.generate(hint) if HolySheep::MaskHints.bits("a #{hint} z") & entry.bit == 0 }
  end
  exit
end

$stdin.each_line do |line|
  text = JSON.parse(line)
  unless ARGV[0] == "--time"
    puts JSON.generate(ARGV[0] == "--plain" ? HolySheep::PlainId.is?(text) : HolySheep::Mask.text(text))
    next
  end
  seconds = Array.new(3) do
    start = THREADS.current_thread_cpu_time
    HolySheep::Mask.text(text)
    (THREADS.current_thread_cpu_time - start) / 1.0e9
  end
  puts JSON.generate(seconds.min)
end
