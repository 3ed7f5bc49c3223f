# frozen_string_literal: true

require_relative "numbers"
require_relative "slots"
require_relative "text"

module HolySheep
  # Builds the documents of lines that are no model calls: access lines of a proxy, syslog, and container output.
  class PlainLines
    MESSAGE_LIMIT = 8192

    # outline: of a message that is JSON; nil where the whole of it is kept.
    def initialize(text, outcome, address, outline)
      @text = text
      @outline = outline
      @outcome = outcome
      @address = address
    end

    def access(document, slots, problems)
      status = Numbers.count(slots[Slots::STATUS_CODE])
      status = nil unless status.is_a?(Integer) && status.between?(100, 599)
      problems << "status: not an HTTP status" unless status
      document[:event][:outcome] = if status.nil? then "unknown"
                                     else status >= 400 ? "failure" : "success"
                                     end
      failure(document, status) if status && status >= 400
      http(document, slots, status)
      url(document, slots)
      client(document, slots[Slots::CLIENT_IP])
      put(document, :user, :name, slots[Slots::AUTH_USER])
      put(document, :user_agent, :original, slots[Slots::USER_AGENT], 512)
      put(document, :trace, :id, slots[Slots::TRACE])
      latency(document, slots)
    end

    def system(document, slots)
      message = slots[Slots::MESSAGE]
      message = @outline.message(message, MESSAGE_LIMIT) if @outline && message.is_a?(String)
      document[:message] = @text.keep_up_to(message, MESSAGE_LIMIT) || ""
      put(document, :process, :name, slots[Slots::PROCESS])
      pid = Numbers.count(slots[Slots::PID])
      (document[:process] ||= {})[:pid] = pid if pid.is_a?(Integer)
      host = @text.keep(slots[Slots::HOSTNAME])
      document[:host] = (document[:host] || {}).merge(hostname: host) if host
      stream = @text.keep_up_to(slots[Slots::STREAM_NAME], 16)
      document[:stream] = stream if stream
      log = document[:log] = (document[:log] || {}).dup # other documents share it
      level = @text.keep_up_to(slots[Slots::LEVEL], 16)
      log[:level] = level if level
      syslog(log, slots)
      document.delete(:log) if log.empty?
    end

    private

    def syslog(log, slots)
      return unless slots[Slots::FACILITY]

      log[:syslog] = { facility: { code: slots[Slots::FACILITY] }, severity: { code: slots[Slots::SEVERITY] } }
    end

    def failure(document, status)
      document[:error] = { type: @outcome.error_type(status, nil) }
      document[:holysheep][:alert_level] = "high" if status >= 500
    end

    def http(document, slots, status)
      http = {}
      response = {}
      response[:status_code] = status if status
      bytes = Numbers.amount(slots[Slots::BYTES], 2**53)
      response[:body] = { bytes: bytes.to_i } if bytes.is_a?(Numeric)
      http[:response] = response unless response.empty?
      request(http, slots)
      version = @text.keep_up_to(slots[Slots::HTTP_VERSION], 16)
      http[:version] = version.delete_prefix("HTTP/") if version
      document[:http] = http
    end

    def request(http, slots)
      request = {}
      method = @text.keep_up_to(slots[Slots::METHOD], 20)
      referrer = @text.keep_up_to(Text.without_query(slots[Slots::REFERRER]), 512)
      request[:method] = method if method
      request[:referrer] = referrer if referrer
      http[:request] = request unless request.empty?
    end

    def url(document, slots)
      put(document, :url, :path, Text.without_query(slots[Slots::PATH]), 512)
      domain = @text.keep(slots[Slots::DOMAIN])
      (document[:url] ||= {})[:domain] = domain if domain
    end

    def client(document, value)
      return unless value.is_a?(String)

      ip = @address.of(value)
      if ip
        document[:client] = { ip: ip }
      else
        put(document, :client, :address, value)
      end
    end

    def latency(document, slots)
      seconds = Numbers.amount(slots[Slots::LATENCY_S], Numbers::MAX_MS / 1000)
      return unless seconds.is_a?(Numeric)

      ms = (seconds * 1000).round(3)
      document[:holysheep][:latency] = { ms: ms, class: @outcome.latency_class(ms) }
      document[:event][:duration] = (ms * 1_000_000).round
    end

    def put(document, outer, inner, value, limit = 256)
      masked = @text.keep_up_to(value, limit)
      (document[outer] ||= {})[inner] = masked if masked
    end
  end
end
