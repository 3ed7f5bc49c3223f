# frozen_string_literal: true

module HolySheep
  # Notes keys that look like token counts and are missing in generator/registry/usage.yaml. Such tokens may be billed, and
  # a cost without them must not look complete.
  class UnknownCounts
    MAX_DEPTH = 3
    MAX_NOTES = 5
    MEMO_LIMIT = 10_000

    def initialize(rules)
      @like, @but_not, @within = rules.values_at("like", "but_not", "within").map { |text| Regexp.new(text, Regexp::IGNORECASE) }
      @kinds = {}
    end

    # extras: what Extract found no place for.
    def note(extras, problems)
      @notes = 0
      extras.each { |path, value| look(path, value, problems, 0) }
    end

    private

    def look(path, value, problems, depth)
      kind = kind_of(path)
      return if kind == :other

      case value
      when Hash
        value.each { |key, inner| look("#{path}.#{key}", inner, problems, depth + 1) } if depth < MAX_DEPTH
      when Integer
        add(path, value, problems) if kind == :count && value.positive?
      end
    end

    def add(path, value, problems)
      @notes += 1
      problems << "tokens: #{path} is not known and not priced (#{value})" if @notes <= MAX_NOTES
    end

    # Keys repeat from line to line; the answer is remembered.
    def kind_of(path)
      @kinds.fetch(path) do
        @kinds.clear if @kinds.size >= MEMO_LIMIT
        @kinds[path] = if path.match?(@but_not) then :other
                       elsif path.match?(@like) then :count
                       else path.match?(@within) ? :object : :other
                       end
      end
    end
  end
end
