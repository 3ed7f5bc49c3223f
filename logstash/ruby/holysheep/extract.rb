# frozen_string_literal: true

require_relative "slots"

module HolySheep
  # Walks a parsed record once along the source's tree of known keys and fills the slots. Values without a place in the
  # tree become extras. Each key costs one hash look-up, however many spellings the registry has.
  class Extract
    # slot: index or nil; rank: 0 is the preferred spelling; sub: tree of the value's own keys.
    Node = Struct.new(:slot, :rank, :sub)
    NO_EXTRAS = {}.freeze

    attr_reader :slots, :extras

    def self.compile(tree)
      tree.to_h do |key, node|
        slot = node["slot"] && Slots::INDEX.fetch(node["slot"])
        [key, Node.new(slot, node["rank"] || 0, node["sub"] && compile(node["sub"])).freeze]
      end.freeze
    end

    def initialize
      @ranks = Array.new(Slots::COUNT, 0)
    end

    # After it, `slots` and `extras` hold the record; they are fresh objects, the extractor can be used again.
    def run(record, tree)
      @slots = Array.new(Slots::COUNT)
      @extras = nil
      walk(record, tree, nil)
      @extras ||= NO_EXTRAS
      self
    end

    # Drops what has no slot, but for these paths.
    def keep_only(paths)
      @extras = @extras.slice(*paths)
      @slots[Slots::METADATA] = nil
    end

    private

    def walk(hash, tree, prefix)
      hash.each do |key, value|
        next if value.nil?

        node = tree[key]
        if node.nil?
          add_extra(prefix, key, value)
          next
        end
        sub = node.sub
        if sub && value.is_a?(Hash)
          walk(value, sub, path_below(node, prefix, key))
        elsif node.slot
          put(node, value)
        else
          # A scalar where an object is known, such as `usage: 470`: not understood, but not lost.
          add_extra(prefix, key, value)
        end
      end
    end

    # A key such as `region` may stand both in the metadata and beside it. The second value gets another name.
    def add_extra(prefix, key, value)
      extras = (@extras ||= {})
      name = prefix ? "#{prefix}.#{key}" : key
      name = "#{name}_2" if extras.key?(name)
      extras[name] = value
    end

    # Extras below `metadata` go into holysheep.metadata, whose name says it already.
    def path_below(node, prefix, key)
      return prefix if node.slot == Slots::METADATA

      prefix ? "#{prefix}.#{key}" : key
    end

    def put(node, value)
      # LiteLLM writes "" for what it does not know; that must not hide another spelling of the same.
      # Asked of texts only: a BigDecimal, as Logstash gives decimals, takes 20 µs to tell that it is none.
      return if value.is_a?(String) && value.empty?

      slot = node.slot
      return if !@slots[slot].nil? && @ranks[slot] <= node.rank

      @slots[slot] = value
      @ranks[slot] = node.rank
    end
  end
end
