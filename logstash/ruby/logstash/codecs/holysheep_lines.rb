# frozen_string_literal: true

require "logstash/codecs/base"
require "logstash/event"
require_relative "../../holysheep/line_parts"
require_relative "../../holysheep/processor"

module LogStash
  module Codecs
    # Codec of the beats and kafka inputs: a line in, the line or its parts out. Logstash finds it by path.plugins.
    class HolysheepLines < LogStash::Codecs::Base
      config_name "holysheep_lines"

      # Path of the rendered rules.json.
      config :rules, validate: :string, required: true
      # Whether Filebeat's whole event comes as JSON, with the line as its `message`, as through Kafka.
      config :envelope, validate: :boolean, default: false

      # Called for every connection.
      def register
        @parts = ::HolySheep::LineParts.new(::HolySheep::RulesHolder.shared(@rules, logger))
      end

      # The block puts an event on the queue; it blocks while the queue is full.
      def decode(data, &)
        return decode_envelope(data, &) if @envelope

        @parts.each(data) { |part| yield LogStash::Event.new("message" => part) }
      end

      private

      def decode_envelope(data)
        envelope = ::HolySheep::Json.load(data)
        line = envelope.is_a?(Hash) ? envelope["message"] : nil
        return yield(LogStash::Event.new(envelope.is_a?(Hash) ? envelope : { "message" => data })) unless line.is_a?(String)

        @parts.each(line) { |part| yield LogStash::Event.new(envelope.merge("message" => part)) }
      rescue ::HolySheep::Json::Invalid
        yield LogStash::Event.new("message" => data)
      end
    end
  end
end
