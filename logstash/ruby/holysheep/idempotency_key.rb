# frozen_string_literal: true

require_relative "numbers"
require_relative "slots"

module HolySheep
  # The key that a writer gives to all lines of one event. Ids makes the document's `_id` of it.
  module IdempotencyKey
    NAME = "idempotency_key"

    module_function

    # The key's text; nil for what names no event, such as a template's word for nothing: it would make one document of all
    # lines.
    def text(value)
      case value
      when String then Numbers.absent?(value) ? nil : value
      when Integer then value.to_s
      end
    end

    # What the record holds besides its slots, with the key: no field has it, and people look for it.
    def extras(extract)
      key = extract.slots[Slots::IDEMPOTENCY_KEY]
      key.nil? ? extract.extras : extract.extras.merge(NAME => key)
    end
  end
end
