# frozen_string_literal: true

module HolySheep
  # What a source's registry file maps a log's keys to. One record is an array with one place a slot;
  # arrays because this is the hottest data structure of the filter.
  module Slots
    NAMES = %w[
      id time end_time model response_model provider operation url
      input input_native output total cached cache_read_native cache_write reasoning
      latency_ms latency_s status status_code error error_type error_code reported service_tier cache_hit
      response_id finish_reasons stream max_tokens temperature retries
      session user team environment service client_ip trace agent step
      request_payload response_payload prompt completion
      category confidence suggestion classifier
      method path http_version bytes referrer user_agent auth_user domain
      message level process pid hostname facility severity stream_name container
      metadata
    ].freeze
    INDEX = NAMES.each_with_index.to_h.freeze
    COUNT = NAMES.size

    NAMES.each_with_index { |name, index| const_set(name.upcase, index) }
  end
end
