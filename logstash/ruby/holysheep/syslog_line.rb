# frozen_string_literal: true

require_relative "slots"

module HolySheep
  # Syslog: RFC 5424, RFC 3164, and the ISO form that rsyslog and systemd write to /var/log/syslog.
  module SyslogLine
    PRIORITY = /\A<(\d{1,3})>/
    RFC5424 = /\A1 (\S{1,64}) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) (-|(?:\[(?:[^\]\\]|\\.)*\])+)(?: (.*))?\z/m
    RFC3164 = /\A([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d) (\S{1,255}) (.*)\z/m
    ISO = /\A(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)) (\S{1,255}) (.*)\z/m
    TAG = /\A([\w.\/()@-]{1,128})(?:\[(\d{1,10})\])?: ?(.*)\z/m

    module_function

    # Slots of the line, nil when it is no syslog line. `arrival_ms` settles the year that RFC 3164 leaves out.
    def parse(text, times, arrival_ms)
      priority = PRIORITY.match(text)
      body = priority ? priority.post_match : text
      slots = Array.new(Slots::COUNT)
      return nil unless rfc5424(body, slots, times) || iso(body, slots, times) || rfc3164(body, slots, times, arrival_ms)

      if priority && priority[1].to_i <= 191
        slots[Slots::FACILITY] = priority[1].to_i / 8
        slots[Slots::SEVERITY] = priority[1].to_i % 8
      end
      slots
    end

    def rfc5424(body, slots, times)
      m = RFC5424.match(body)
      return false unless m

      slots[Slots::TIME] = m[1] == "-" ? nil : times.parse(m[1]) || m[1]
      slots[Slots::HOSTNAME] = present(m[2])
      slots[Slots::PROCESS] = present(m[3])
      slots[Slots::PID] = present(m[4])
      slots[Slots::MESSAGE] = m[7].to_s.delete_prefix("\uFEFF")
      true
    end

    def iso(body, slots, times)
      m = ISO.match(body)
      return false unless m

      slots[Slots::TIME] = times.parse(m[1]) || m[1]
      tagged(m[2], m[3], slots)
    end

    def rfc3164(body, slots, times, arrival_ms)
      m = RFC3164.match(body)
      month = m && Times::MONTHS[m[1]]
      return false unless month

      slots[Slots::TIME] = recent(month, m, times, arrival_ms) || "#{m[1]} #{m[2]}"
      tagged(m[6], m[7], slots)
    end

    # The latest such date that is not more than a day after arrival.
    def recent(month, match, times, arrival_ms)
      year = Time.at(arrival_ms / 1000).utc.year + 1
      [year, year - 1, year - 2].each do |candidate|
        ms = times.civil(candidate, month, match[2].to_i, match[3].to_i, match[4].to_i, match[5].to_i)
        return times.at(ms) if ms && ms <= arrival_ms + Times::AHEAD_MS
      end
      nil
    end

    def tagged(host, rest, slots)
      tag = TAG.match(rest)
      slots[Slots::HOSTNAME] = present(host)
      slots[Slots::PROCESS] = tag && tag[1]
      slots[Slots::PID] = tag && tag[2]
      slots[Slots::MESSAGE] = tag ? tag[3] : rest
      true
    end

    def present(text)
      text == "-" ? nil : text
    end
  end
end
