# frozen_string_literal: true

require_relative "slots"

module HolySheep
  # Lines of nginx and Apache, common and combined, with or without a virtual host in front and timings behind.
  module AccessLine
    PATTERN = /
      \A(?:(?<vhost>[\w.-]{1,255})(?::\d{1,5})?[ ])?
      (?<client>[0-9A-Fa-f:.]{2,45}|(?!-[ ])[\w.-]{1,255})[ ](?<ident>\S{1,128})[ ](?<user>\S{1,256}|"[^"]{0,256}"|[^\["]{1,256}?)[ ]
      \[(?<time>\d{1,2}\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d(?:\.\d{1,6})?[ ][+-]\d{4})\][ ]
      "(?<request>(?>(?:[^"\\]|\\.)*))"[ ](?<status>\d{3})[ ](?<bytes>\d{1,18}|-)
      (?:[ ]"(?<referrer>(?>(?:[^"\\]|\\.)*))"[ ]"(?<agent>(?>(?:[^"\\]|\\.)*))")?
      (?<rest>.*)\z
    /mx
    REQUEST = %r{\A(?<method>[A-Z]{3,20}) (?<path>\S+)(?: HTTP/(?<version>\d(?:\.\d)?))?\z}
    TIME = %r{\A(\d{1,2})/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d):(\d\d)(?:\.(\d{1,3})\d*)? ([+-]\d\d)(\d\d)\z}
    # `rt=0.123`, `request_time:0.123`, or the number alone; not the start of an address, which nginx' own format puts there
    SECONDS = /(?:\b(?:rt|request_time|duration|t)["']?[=:]["']?|\A\s*"?)(\d{1,7}\.\d{1,6})(?![\d.])/
    REQUEST_ID = /\b(?:request_id|req_id|rid|trace_id)["']?[=:]["']?([\w-]{8,128})/

    module_function

    # Slots of the line, nil when it is no access line.
    def parse(text, times)
      match = PATTERN.match(text)
      return nil unless match

      slots = Array.new(Slots::COUNT)
      slots[Slots::TIME] = time(match[:time], times)
      slots[Slots::CLIENT_IP] = match[:client]
      slots[Slots::DOMAIN] = match[:vhost]
      slots[Slots::AUTH_USER] = present(match[:user])
      slots[Slots::STATUS_CODE] = match[:status].to_i
      slots[Slots::BYTES] = present(match[:bytes])
      slots[Slots::REFERRER] = present(match[:referrer])
      slots[Slots::USER_AGENT] = present(match[:agent])
      request(match[:request], slots)
      rest(match[:rest], slots)
      slots
    end

    # The three parts of `POST /path HTTP/1.1`; what is no request line (a TLS greeting, say) is kept as path.
    def request(line, slots)
      match = REQUEST.match(line)
      slots[Slots::METHOD] = match && match[:method]
      slots[Slots::PATH] = match ? match[:path] : present(line)
      slots[Slots::HTTP_VERSION] = match && match[:version]
    end

    def rest(text, slots)
      slots[Slots::LATENCY_S] = SECONDS.match(text)&.captures&.first
      slots[Slots::TRACE] = REQUEST_ID.match(text)&.captures&.first
    end

    def time(text, times)
      m = TIME.match(text)
      month = m && Times::MONTHS[m[2]]
      base = month && times.civil(m[3].to_i, month, m[1].to_i, m[4].to_i, m[5].to_i, m[6].to_i)
      return text unless base

      minutes = (m[8].to_i.abs * 60) + m[9].to_i
      minutes = -minutes if m[8].start_with?("-")
      times.at(base + m[7].to_s.ljust(3, "0").to_i - (minutes * 60_000))
    end

    def present(text)
      text.nil? || text.empty? || text == "-" || text == '""' ? nil : text
    end
  end
end
