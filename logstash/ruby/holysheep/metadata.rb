# frozen_string_literal: true

module HolySheep
  # What a line says beyond the known fields: flat, masked, bounded. Texts that a person or a model wrote are left out,
  # whatever the depth, since a prompt under an unknown name is still a prompt.
  class Metadata
    MAX_KEYS = 64
    MAX_DEPTH = 5
    MAX_KEY = 128
    MAX_VALUE = 256
    CONTENT = /\A(?:.*[._-])?(?:prompts?|messages?|inputs?|outputs?|completions?|contents?|choices|texts?|query|questions?|answers?|repl(?:y|ies)|bod(?:y|ies)|payloads?|instructions?|tools?|functions?|arguments|documents?|chunks?|embeddings?|transcripts?|histor(?:y|ies)|dialog(?:ue)?s?|conversations?|traceback|request|response)\z/i
    SECRET = /pass(?:word|wd|phrase)|secret|api[_-]?keys?(?:[_-]?(?:hash|value|\d+))?\z|authorization|cookie|credential|private[_-]?key|(?:access|auth|refresh|id|session)[_-]?token/i
    UNSAFE = /[\u0000-\u001F\[\]]/

    MEMO_LIMIT = 10_000

    def initialize(text)
      @text = text
      @content = {}
    end

    # [flat hash or nil, number of entries that did not fit] of the `metadata` value and the unknown keys.
    def flatten(metadata, extras)
      @out = {}
      @left_out = 0
      add_all(metadata, nil, 0) if metadata.is_a?(Hash)
      add("metadata", metadata, 0) if metadata && !metadata.is_a?(Hash)
      add_all(extras, nil, 0)
      [@out.empty? ? nil : @out, @left_out]
    end

    private

    def add_all(hash, prefix, depth)
      hash.each { |key, value| add(prefix ? "#{prefix}.#{key}" : key.to_s, value, depth) }
    end

    def add(path, value, depth)
      return if value.nil? || content?(path)

      if value.is_a?(Hash)
        depth >= MAX_DEPTH ? @left_out += 1 : add_all(value, path, depth + 1)
      elsif @out.size >= MAX_KEYS
        @left_out += 1
      else
        kept = scalar(path, value)
        @out[path_text(path)] = kept unless kept.nil?
      end
    end

    # Keys repeat from line to line; the answer is remembered.
    def content?(path)
      known = @content[path]
      return known unless known.nil?

      @content.clear if @content.size >= MEMO_LIMIT
      @content[path] = path.match?(CONTENT)
    end

    def scalar(path, value)
      return "[SECRET_MASKED]" if value.is_a?(String) && path.match?(SECRET)

      value.is_a?(Array) ? list(value) : @text.keep(value, MAX_VALUE)
    end

    # Scalars of a list, joined; lists of structures are mostly conversations and are left out.
    def list(values)
      return nil if values.empty? || values.any? { |v| v.is_a?(Hash) || v.is_a?(Array) }

      @text.keep(values.first(20).join(", "), MAX_VALUE)
    end

    def path_text(path)
      masked = @text.keep(path, MAX_KEY).to_s.gsub(UNSAFE, "_")
      masked.empty? ? "_" : masked
    end
  end
end
