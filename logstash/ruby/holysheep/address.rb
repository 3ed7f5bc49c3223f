# frozen_string_literal: true

require "ipaddr"

module HolySheep
  # Reads IP addresses in the form that Elasticsearch takes. It would refuse a document with any other text in an ip field.
  class Address
    OCTET = /(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)/
    IPV4 = /\A#{OCTET}(?:\.#{OCTET}){3}\z/
    WITH_PORT = /\A(?:\[([0-9A-Fa-f:.]+)\]|([\d.]+)):\d{1,5}\z/
    MEMO_LIMIT = 10_000

    def initialize
      @memo = {}
    end

    # The first address of a text such as an X-Forwarded-For list, or nil.
    def of(value)
      return nil unless value.is_a?(String) && value.bytesize < 512
      return @memo[value] if @memo.key?(value)

      @memo.clear if @memo.size >= MEMO_LIMIT
      @memo[value] = parse(value)
    end

    private

    def parse(value)
      first = value.split(",", 2).first.to_s.strip
      port = WITH_PORT.match(first)
      first = port[1] || port[2] if port
      return first if first.match?(IPV4)
      return nil unless first.include?(":") && !first.include?("%")

      address = IPAddr.new(first)
      address.ipv6? ? first : nil
    rescue IPAddr::Error
      nil
    end
  end
end
