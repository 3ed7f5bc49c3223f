# frozen_string_literal: true

module HolySheep
  # One document with its index, its id and its time in ms.
  class Output
    attr_reader :index, :id, :ms
    attr_accessor :document

    def initialize(index, id, document, ms)
      @index = index
      @id = id
      @document = document
      @ms = ms
    end
  end
end
