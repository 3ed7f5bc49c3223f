# frozen_string_literal: true

require_relative "text"

module HolySheep
  # What the URL of a call tells. Few URLs come in all lines, so the answers are remembered.
  class CallAddresses
    LIMIT = 512
    MEMO_LIMIT = 1000
    MEMO_BYTES = 256

    # part: the URL as documents have it, who share it, nil where there is none; operation: as in gen_ai.operation.name
    Address = Struct.new(:part, :operation)
    NONE = Address.new(nil, "chat").freeze

    def initialize(text)
      @text = text
      @memo = {}
    end

    # url: as the line has it, of any type
    def of(url)
      return NONE unless url.is_a?(String)

      @memo[url] || remember(url)
    end

    private

    def remember(url)
      shown = @text.keep_up_to(Text.without_query(url), LIMIT)
      address = Address.new(shown && { full: shown }.freeze, operation(url)).freeze
      return address if url.bytesize > MEMO_BYTES

      @memo.clear if @memo.size >= MEMO_LIMIT
      @memo[url] = address
    end

    def operation(url)
      return "chat" unless url.end_with?("/embeddings", "/completions")
      return "embeddings" if url.end_with?("/embeddings")

      url.end_with?("/chat/completions") ? "chat" : "text_completion"
    end
  end
end
