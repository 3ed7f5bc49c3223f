# frozen_string_literal: true

require_relative "json"
require_relative "slots"

module HolySheep
  # Output of a container as the engine's own log files wrap it; Filebeat's container parser unwraps it before.
  module ContainerLine
    # Docker's json-file: {"log":"…","stream":"stdout","time":"…"}. A line of an application may begin with "time" too;
    # its next key is another one.
    DOCKER = /\A\{"(?:log":\s*"|(?:stream|time)":\s*"[^"]*",\s*"(?:log|stream|time)":)/
    CRI = /\A(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) (stdout|stderr) ([FP]) (.*)\z/m
    LEVEL = /\b(TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|CRITICAL|FATAL)\b/

    # time: Times::Moment or nil
    Line = Struct.new(:text, :time, :stream) do
      def slots(message)
        slots = Array.new(Slots::COUNT)
        slots[Slots::TIME] = time
        slots[Slots::MESSAGE] = message
        slots[Slots::STREAM_NAME] = stream
        slots[Slots::LEVEL] = LEVEL.match(message[0, 200])&.captures&.first&.downcase
        slots
      end
    end

    module_function

    def wrapped?(text)
      text.match?(DOCKER) || text.match?(CRI)
    end

    # context_time: when the engine wrote the line, where the shipper knows (a Moment), for lines without a wrapper.
    def unwrap(text, times, context_time = nil, stream = nil)
      return docker(text, times, context_time, stream) if text.match?(DOCKER)

      cri = CRI.match(text)
      return Line.new(cri[4], times.parse(cri[1]), cri[2]) if cri

      Line.new(text, context_time, stream)
    end

    def docker(text, times, context_time, stream)
      record = Json.load(text)
      return Line.new(text, context_time, stream) unless record["log"].is_a?(String)

      Line.new(record["log"], times.parse(record["time"]) || context_time, record["stream"] || stream)
    rescue Json::Invalid
      Line.new(text, context_time, stream)
    end
  end
end
