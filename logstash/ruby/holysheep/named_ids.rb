# frozen_string_literal: true

require_relative "ids"
require_relative "numbers"
require_relative "slots"

module HolySheep
  # Ids that an application gives in its own way: an idempotency key, of which Ids makes the document's `_id`, a trace id of
  # its own beside the tracer's, by which its lines of other kinds are found, and a user or team that is an object.
  module NamedIds
    module_function

    # The id as text; nil for what names nothing, such as a template's word for an absent value: a key of it would make one
    # document of all lines.
    def text(value)
      return nil if Ids.none?(value)

      case value
      when String then Numbers.absent?(value) ? nil : value
      when Integer then value.to_s
      end
    end

    # The application's trace id, else the tracer's.
    def trace(slots)
      own = slots[Slots::OWN_TRACE]
      (own && text(own)) || slots[Slots::TRACE]
    end

    # The id of a user or team that is an object.
    def of_object(object, problems)
      name = object["id"] || object["name"]
      problems << "user or team: an object without id and name" if name.nil?
      name
    end

    # What the record holds besides its slots, with the ids that no field has, and people look for: the key, and a tracer's id
    # that the application's has replaced.
    def extras(extract)
      slots = extract.slots
      key = slots[Slots::IDEMPOTENCY_KEY]
      own = slots[Slots::OWN_TRACE]
      return extract.extras if key.nil? && own.nil?

      replaced = slots[Slots::TRACE] unless trace(slots) == slots[Slots::TRACE]
      extract.extras.merge({ "idempotency_key" => key, "trace_id" => replaced }.compact)
    end
  end
end
