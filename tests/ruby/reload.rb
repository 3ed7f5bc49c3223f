# frozen_string_literal: true

# Drives RulesHolder: each line of standard input is a command, each line of standard output an answer.
#   version   -> the version of the card in use
#   log       -> what was logged since the last `log`, as a JSON array

require "json"
require_relative "../../logstash/ruby/holysheep/processor"

class Log
  def initialize = @lines = []
  def info(text) = @lines << "info: #{text}"
  def error(text) = @lines << "error: #{text}"
  def take = @lines.tap { @lines = [] }
end

log = Log.new
holder = HolySheep::RulesHolder.new(ARGV.fetch(0), log, every: 0)
$stdout.sync = true
while (command = $stdin.gets)
  case command.chomp
  when "version" then puts holder.fresh.data["version"]
  when "log" then puts JSON.generate(log.take)
  end
end
