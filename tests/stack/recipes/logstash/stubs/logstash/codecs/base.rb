# frozen_string_literal: true

# What a codec inherits in Logstash, as far as ours uses it.
module LogStash
  module Codecs
    class Base
      def self.config_name(name) = @config_name = name
      def self.config(*_names, **_options) = nil

      def initialize(params)
        params.each { |name, value| instance_variable_set("@#{name}", value) }
        register
      end

      def logger = @logger ||= Script::Log.new
    end
  end
end
