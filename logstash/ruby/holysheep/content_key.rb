# frozen_string_literal: true

module HolySheep
  # Tells whether a key holds content: text that a person or a model wrote. Such a text is not kept, even when it is one
  # short word. This list makes the rule of Token stricter; texts of several words are never kept.
  module ContentKey
    WORDS = %w[
      prompt message input output completion content choice text query question answer reply body payload instruction tool
      function argument args document chunk embedding transcript history dialog dialogue conversation traceback request response
      generation generated system chat note comment description summary title subject caption utterance search memory
      context thought thinking reasoning delta snippet excerpt preview raw q say said stdout stderr json word feedback
    ].to_h { |word| [word, true] }.freeze
    # A request may hold settings beside the prompt: their keys are judged on their own.
    FRAMES = %w[request response body payload].to_h { |word| [word, true] }.freeze
    LAST = /([A-Z]?[a-z]+|[A-Z]+)[^A-Za-z]*\z/

    module_function

    # name: a path's last key.
    def text?(name)
      WORDS.key?(last_word(name))
    end

    # Whether all that stands below the key is content.
    def tree?(name)
      word = last_word(name)
      WORDS.key?(word) && !FRAMES.key?(word)
    end

    # In the singular.
    def last_word(name)
      word = LAST.match(name)&.captures&.first&.downcase
      return nil if word.nil?
      return word if WORDS.key?(word)

      word.end_with?("ies") ? "#{word.delete_suffix("ies")}y" : word.delete_suffix("s")
    end
  end
end
