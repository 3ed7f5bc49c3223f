# frozen_string_literal: true

require_relative "content_key"
require_relative "secret_names"
require_relative "text"

module HolySheep
  # The values of a line that have no field: flattened and limited in number. A value is kept when it can't be prose (see
  # Disclosure) or when the source's YAML allows its key. Of every other text only length and keyed hash are kept.
  class Metadata
    MAX_KEYS = 64
    MAX_DEPTH = 5
    MAX_KEY = 128
    MAX_VALUE = 256
    MEMO_LIMIT = 10_000
    NONE_ALLOWED = {}.freeze

    # A path: the name under which it is kept, whether its last key names content (text, tree), the kind of secret
    # that it names (see SecretNames).
    Path = Struct.new(:name, :text, :tree, :secret)

    def initialize(text, disclosure)
      @text = text
      @disclosure = disclosure
      @paths = {}
    end

    # [flat hash or nil, number of entries that did not fit] of the `metadata` value and the unknown keys. allowed: the
    # paths that the source's YAML lets through, masked.
    def flatten(metadata, extras, allowed = NONE_ALLOWED)
      @out = {}
      @left_out = 0
      @allowed = allowed
      add_all(metadata.is_a?(Hash) ? metadata : { "metadata" => metadata }, nil, nil, 0, false)
      add_all(extras, nil, nil, 0, false)
      [@out.empty? ? nil : @out, @left_out]
    end

    private

    # above: the Path of the object that the keys belong to, nil at the top.
    def add_all(hash, prefix, above, depth, content)
      hash.each do |key, value|
        next if value.nil?

        path = prefix ? "#{prefix}.#{key}" : key.to_s
        add(path, @paths[path] || describe(path, key.to_s, above), value, depth, content)
      end
    end

    def add(path, path_info, value, depth, content)
      if value.is_a?(Hash)
        depth >= MAX_DEPTH ? @left_out += 1 : add_all(value, path, path_info, depth + 1, content || path_info.tree)
      elsif @out.size >= MAX_KEYS
        @left_out += 1
      else
        shown = shown_value(path, path_info, value, content || path_info.text)
        @out[path_info.name] = shown unless shown.nil?
      end
    end

    # Paths repeat from line to line; the answers are remembered. What stands below a key that is no plain name is
    # content.
    def describe(path, key, above)
      shown_key = @disclosure.key(key)
      plain_name = key == shown_key || key.empty?
      name = plain_name && key.empty? ? "_" : shown_key
      name = (above ? "#{above.name}.#{name}" : name)[0, MAX_KEY]
      @paths.clear if @paths.size >= MEMO_LIMIT
      @paths[path] = Path.new(name, !plain_name || @disclosure.withheld_below?(key), !plain_name || @disclosure.withheld_tree?(key), SecretNames.kind(path)).freeze
    end

    def shown_value(path, path_info, value, content)
      return SecretNames::MASK if SecretNames.hides?(path_info.secret, value)
      return allowed(value) if @allowed.key?(path)

      case value
      when String then value.empty? ? nil : @disclosure.text(value, content: content)
      when Array then list(value, content)
      when Integer then @disclosure.number?(value) ? number(value) : @disclosure.withheld(value.to_s)
      else @text.keep_up_to(value, MAX_VALUE)
      end
    end

    def allowed(value)
      return @text.keep_up_to(value, MAX_VALUE) unless value.is_a?(Array)
      return list(value, true) if value.any? { |item| item.is_a?(Hash) || item.is_a?(Array) }

      @text.keep_up_to(value.first(20).join(", "), MAX_VALUE)
    end

    # A number can be a card's, or a person's, too. Shorter ones than Text::LONG are none that a mask knows.
    def number(value)
      value.abs < Text::LONG ? value.to_s : @text.keep_up_to(value, MAX_VALUE)
    end

    # Few numbers, joined; everything else by its length and hash: a list of words is a sentence.
    def list(values, content)
      return nil if values.empty?
      return values.map { |value| value.is_a?(Numeric) ? number(value) : value }.join(", ") if !content && @disclosure.plain_list?(values)

      @disclosure.withheld(@text.json(values), "LIST", values.size)
    end
  end
end
