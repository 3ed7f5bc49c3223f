# frozen_string_literal: true

require_relative "json"

module HolySheep
  # What a source's registry file maps a log's keys to. One record is an array with one place a slot; arrays because this
  # is the hottest data structure of the filter. The names are data: generator/registry/slots.yaml.
  module Slots
    NAMES = Json.load(File.read(File.join(__dir__, "slots.json"), encoding: "UTF-8")).fetch("slots").freeze
    INDEX = NAMES.each_with_index.to_h.freeze
    COUNT = NAMES.size

    NAMES.each_with_index { |name, index| const_set(name.upcase, index) }
  end
end
