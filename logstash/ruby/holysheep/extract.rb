# frozen_string_literal: true

require_relative "numbers"
require_relative "slots"

module HolySheep
  # Walks a parsed record once along the source's tree of known keys and fills the slots. Values without a place in the
  # tree become extras. A key costs at most one look-up, however many spellings the registry has; an object with the same
  # keys as the last one of its place costs none.
  class Extract
    # slot: index or nil; rank: 0 is the preferred spelling; sub: tree of the value's own keys; number: whether the slot holds one.
    Node = Struct.new(:slot, :rank, :sub, :number)
    NO_EXTRAS = {}.freeze
    # Objects with more keys are not remembered: they repeat each other less, and cost memory.
    SHAPE_LIMIT = 128

    attr_reader :slots, :extras

    def self.compile(tree)
      tree.to_h do |key, node|
        slot = node["slot"] && Slots::INDEX.fetch(node["slot"])
        [key, Node.new(slot, node["rank"] || 0, node["sub"] && compile(node["sub"]), slot && Slots::NUMBERS[slot]).freeze]
      end.freeze
    end

    # The keys of an object, and the node of each or nil.
    class Shape
      attr_reader :keys, :nodes, :other_counts

      def initialize(keys, tree)
        @keys = keys
        @nodes = keys.map { |key| tree[key] }
        @other_counts = @nodes.any? { |node| node && Slots::OTHER_COUNTS.key?(node.slot) }
      end

      # Whether an object with these keys has this shape. `eql?`, since JRuby takes twice its time for `==`.
      def fits?(keys)
        keys.eql?(@keys)
      end
    end

    def initialize
      @ranks = Array.new(Slots::COUNT, 0)
      @shapes = {}.compare_by_identity
    end

    # After it, `slots` and `extras` hold the record; they are fresh objects, the extractor can be used again.
    def run(record, tree)
      @slots = Array.new(Slots::COUNT + 1)
      @slots[Slots::PLAIN_COUNTS] = true
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
      shape = shape_of(hash, tree)
      nodes = shape.nodes
      @slots[Slots::PLAIN_COUNTS] = nil if shape.other_counts
      values = hash.values
      at = 0
      while at < values.size
        value = values[at]
        place(nodes[at], prefix, shape.keys[at], value) unless value.nil?
        at += 1
      end
    end

    # Most lines of a source have the same keys in the same order, so that their nodes need no look-up.
    def shape_of(hash, tree)
      keys = hash.keys
      shape = @shapes[tree]
      return shape if shape&.fits?(keys)

      shape = Shape.new(keys, tree)
      @shapes[tree] = shape if keys.size <= SHAPE_LIMIT
      shape
    end

    def place(node, prefix, key, value)
      sub = node&.sub
      if sub && value.is_a?(Hash)
        walk(value, sub, path_below(node, prefix, key)) unless value.empty?
      elsif node&.slot
        put(node, value)
      else
        # Unknown, or a scalar where an object is known, such as `usage: 470`: not understood, but not lost.
        add_extra(prefix, key, value)
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
      # LiteLLM writes "" for what it does not know, a template "null" for a number; neither must hide another spelling of the
      # same. Asked of texts only: a BigDecimal, as Logstash gives decimals, takes 20 µs to tell that it is none.
      return if value.is_a?(String) && (value.empty? || (node.number && Numbers.absent?(value)))

      slot = node.slot
      return if !@slots[slot].nil? && @ranks[slot] <= node.rank

      @slots[slot] = value
      @ranks[slot] = node.rank
    end
  end
end
