# frozen_string_literal: true

require "logstash/codecs/base"
require "logstash/event"
require "logstash/timestamp"
require_relative "../../holysheep/event_context"
require_relative "../../holysheep/webhook"

module LogStash
  module Codecs
    # Codec of the http input: a body in, its documents out, each sealed for the filter. Logstash finds it by path.plugins.
    class Holysheep < LogStash::Codecs::Base
      config_name "holysheep"

      # Path of the rendered rules.json.
      config :rules, validate: :string, required: true

      # Called for every connection.
      def register
        @webhook = ::HolySheep::Webhook.shared(@rules, logger)
      end

      # The block puts an event on the queue; it blocks while the queue is full, and so does the sender's request.
      def decode(body)
        # Only the filter sees the request's headers, which may tell why there is nothing.
        return yield(LogStash::Event.new("message" => "")) unless body.match?(/\S/)

        now = (Time.now.to_f * 1000).to_i
        @webhook.each(body, now) { |output| yield ::HolySheep::EventContext.sealed(output) }
      end
    end
  end
end
