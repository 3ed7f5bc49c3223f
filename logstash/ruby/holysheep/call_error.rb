# frozen_string_literal: true

require_relative "outline"
require_relative "slots"
require_relative "text"

module HolySheep
  # The error of a model call: read from slots that may hold a text, an object, or "no error" in many spellings, and
  # written into the call's document.
  class CallError
    MESSAGE_LIMIT = 1000
    # A status of these words says nothing of the kind of error, and behind a message's last word it would make a phrase.
    MUTE_STATUS = /\A\s*(?:error|fail(?:ed|ure)?)\s*\z/i
    NOTHING = [nil, nil, nil].freeze
    NO_ERROR = /\A\s*(?:#{Numbers::ANY_NOTHING}|n\/a|false|success|ok|0|\{\}|\[\])?\s*\z/i

    def initialize(text, disclosure, outcome)
      @text = text
      @outline = Outline.new(disclosure)
      @outcome = outcome
    end

    # [message, code, HTTP status]; nil for what there is none of.
    def read(slots)
      error = slots[Slots::ERROR]
      code = code_of(slots)
      return NOTHING if error.nil? && code.nil? && slots[Slots::ERROR_TYPE].nil?

      error = raised(error["values"]) if error.is_a?(Hash) && error["values"].is_a?(Array)
      if error.is_a?(Hash)
        code ||= error["code"] || error["type"]
        http = error["status"] || error["status_code"]
        inner = error["message"] || error["error"] || error["detail"]
        error = inner.nil? ? error : inner
      end
      message = error.nil? || error == false ? nil : message_of(error)
      message = nil if message&.match?(NO_ERROR)
      code = slots[Slots::ERROR_TYPE] if code.nil? || code == ""
      code = @text.keep_up_to(code, 128)
      code = nil if code&.match?(NO_ERROR)
      [message, code, http || (code&.match?(/\A[1-5]\d\d\z/) ? code.to_i : nil)]
    end

    # Writes the error into the document. Returns the text from which its category is found.
    def write(slots, document, message, code, http)
      status = slots[Slots::STATUS]
      status = nil unless status.is_a?(String) && !status.match?(MUTE_STATUS)
      text = [message, code, status].compact.join(" ")
      error = { type: @outcome.error_type(http, text) }
      error[:code] = code if code
      error[:message] = message if message
      document[:error] = error
      document[:holysheep][:alert_level] = "high"
      text
    end

    private

    # The error's code, which some writers put where others have the HTTP status.
    def code_of(slots)
      status = slots[Slots::STATUS_CODE]
      return status if status.is_a?(String) && slots[Slots::ERROR_CODE].nil? && !@outcome.status?(status)

      slots[Slots::ERROR_CODE]
    end

    # Sentry's `exception`: a list of which the last is the one that was raised, the others are its causes.
    # https://develop.sentry.dev/sdk/data-model/event-payloads/exception/
    def raised(exceptions)
      last = exceptions.grep(Hash).last || {}
      { "message" => last["value"], "type" => last["type"] }
    end

    # An error that is an object, or the JSON text of one, may hold the request: of it only the messages are kept.
    def message_of(error)
      error = @text.json(error) if error.is_a?(Hash) || error.is_a?(Array)
      error = @outline.message(error, MESSAGE_LIMIT) if error.is_a?(String)
      @text.keep_up_to(error, MESSAGE_LIMIT)
    end
  end
end
