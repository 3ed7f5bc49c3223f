# frozen_string_literal: true

require "json"
require "time"

# What the scripts use of Logstash's own classes.
module LogStash
  module Timestamp
    def self.at(seconds, micros) = Time.at(seconds, micros).utc
  end

  class Event
    attr_reader :timestamp

    def initialize(data)
      @data = plain(data)
      given = @data["@timestamp"]
      @timestamp = given.is_a?(String) ? Time.iso8601(given) : given || Time.now.utc
    end

    def get(field) = path(field).reduce(@data) { |inner, key| inner.is_a?(Hash) ? inner[key] : nil }

    def include?(field) = !get(field).nil?

    def remove(field) = @data.delete(field)

    def set(field, value)
      *above, key = path(field)
      above.reduce(@data) { |inner, name| inner[name] ||= {} }[key] = value
    end

    def to_hash = @data.except("@metadata")

    # All of it, as the queue on disk keeps it.
    def queued = @data.merge("@timestamp" => timestamp.iso8601(3))

    private

    # With texts for keys, as Logstash keeps them.
    def plain(value)
      value.is_a?(Hash) ? value.to_h { |key, inner| [key.to_s, plain(inner)] } : value
    end

    def path(field) = field.start_with?("[") ? field[1..-2].split("][") : [field]
  end
end

# One script of a ruby filter, in an object of its own.
class Script
  # The log of Logstash is standard error here.
  class Log
    def info(text, details = nil) = warn("INFO #{text} #{details}")
    def error(text, details = nil) = warn("ERROR #{text} #{details}")
  end

  def initialize(path, params)
    instance_eval(File.read(path, encoding: "UTF-8"), path)
    register(params)
  end

  def logger = @logger ||= Log.new

  def documents(event)
    filter(event).map do |made|
      metadata = made.get("@metadata")
      source = made.to_hash
      time = source["@timestamp"]
      source = source.merge("@timestamp" => time.iso8601(3)) if time.is_a?(Time)
      { "_index" => metadata["index"], "_id" => metadata["id"], "_source" => source }
    end
  end
end
