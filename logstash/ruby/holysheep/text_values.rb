# frozen_string_literal: true

module HolySheep
  # Values as servers write them into plain text lines.
  module TextValues
    # 2024/05/14 - 10:30:00, as Go's gin has it
    SLASHES = %r{\A(\d{4})/(\d\d)/(\d\d)(?: -)? (\d\d:\d\d:\d\d)\z}
    # 1m2.5s, 340.1ms, 12µs: Go's durations
    DURATION = /\A(?:\d+(?:\.\d+)?(?:h|ms|m|s|µs|us|ns))+\z/
    PART = /(\d+(?:\.\d+)?)(h|ms|m|s|µs|us|ns)/
    SECONDS = { "h" => 3600, "m" => 60, "s" => 1, "ms" => 1e-3, "µs" => 1e-6, "us" => 1e-6, "ns" => 1e-9 }.freeze

    module_function

    def time(text)
      match = SLASHES.match(text.to_s)
      match ? "#{match[1]}-#{match[2]}-#{match[3]}T#{match[4]}" : text
    end

    # Seconds, or the text as it is.
    def seconds(text)
      return text unless text.is_a?(String) && text.match?(DURATION)

      text.scan(PART).sum { |number, unit| number.to_f * SECONDS.fetch(unit) }.round(9)
    end
  end
end
