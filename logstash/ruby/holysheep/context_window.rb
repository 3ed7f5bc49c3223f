# frozen_string_literal: true

module HolySheep
  # How full a call's context was. Whole percent: most calls fill little of it, and what is asked for are those that fill much.
  module ContextWindow
    # Writes `context_percent` into `part` (the document's holysheep hash); nothing where the card has no window for the model
    # or nobody knows the call's tokens. match is a Card::Match or nil. It is above 100 where the card's window is too small.
    def self.write(part, match, usage)
      window = match&.model&.window
      return if window.nil? || usage.invalid?

      tokens = usage.sum
      part[:context_percent] = tokens * 100 / window unless tokens.nil?
    end
  end
end
