# frozen_string_literal: true

module HolySheep
  # Finds the first rule of registry/errors.yaml of which a phrase is in an error's text. The text is cut once, into
  # words, or into characters where it is not ASCII; two neighbours lead by look-up to the few phrases that begin with
  # them, so the cost grows with the text, not with the rules. generator/registry/phrases.py says what a phrase is, and
  # cuts its words in the same way.
  class Phrases
    WORD = /[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+/
    SPACES = /[\s_'"`]+/

    # rank: place of the rule, the lowest wins; parts: to be found one after the other, nil where the start is all
    Phrase = Struct.new(:rank, :parts)
    # Phrases that begin with one word: known by it alone, or by the word after it
    Start = Struct.new(:alone, :pairs)

    # rules: of rules.json, with `words` and `wide`
    def initialize(rules)
      @rules = rules
      @words = {}
      @wide = {}
      rules.each_with_index do |rule, rank|
        rule.fetch("words").each { |parts| add_words(rank, parts) }
        rule.fetch("wide").each { |parts| add(@wide, parts[0][0, 2], rank, parts.join.length == 2 ? nil : parts) }
      end
    end

    # The rule, or nil where none fits.
    def find(text)
      words = text.scan(WORD)
      words.each(&:downcase!)
      words.unshift("^")
      best = by_words(words)
      best = by_wide(text.downcase.gsub(SPACES, ""), best) unless text.ascii_only?
      best && @rules[best]
    end

    private

    def add_words(rank, parts)
      first, second = parts[0].split
      start = (@words[first] ||= Start.new([], {}))
      whole_part = parts.size == 1 && parts[0].end_with?(" ")
      if second && (parts[0].split.size > 2 || parts[0].end_with?(" "))
        add(start.pairs, second, rank, whole_part && parts[0].split.size == 2 ? nil : parts)
      else
        start.alone << Phrase.new(rank, second.nil? && whole_part ? nil : parts).freeze
      end
    end

    def add(index, key, rank, parts)
      (index[key] ||= []) << Phrase.new(rank, parts).freeze
    end

    def by_words(words)
      best = nil
      line = nil
      words.each_with_index do |word, at|
        start = @words[word] or next
        pairs = start.pairs[words[at + 1]]
        next if pairs.nil? && start.alone.empty?

        line ||= " #{words.join(" ")} "
        best = first(start.alone, line, best)
        best = first(pairs, line, best) if pairs
      end
      best
    end

    def by_wide(text, best)
      previous = nil
      text.each_char do |char|
        phrases = previous && @wide[previous + char]
        best = first(phrases, text, best) if phrases
        previous = char
      end
      best
    end

    # The lowest rank of `best` and the phrases; these stand in the order of their rules.
    def first(phrases, text, best)
      phrases.each do |phrase|
        return best if best && phrase.rank >= best
        return phrase.rank if phrase.parts.nil? || fits?(phrase.parts, text)
      end
      best
    end

    def fits?(parts, text)
      return text.include?(parts[0]) if parts.size == 1

      at = 0
      parts.each do |part|
        at = text.index(part, at) or return false

        # Two parts share the space between them.
        at += part.length - 1
      end
      true
    end
  end
end
