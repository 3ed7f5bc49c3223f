# frozen_string_literal: true

require_relative "phrases"

module HolySheep
  # Decides whether a call failed, its error type and category (registry/errors.yaml), and its latency class (the card).
  class Outcome
    FAILURE_WORDS = /
      error|fail|exception|timeout|timed|cancel|abort|reject|denied|refused|invalid|(?<!un)block|filtered|throttl|overload|exceed|
      rate.?limit|unavailable|unauthori[sz]ed|forbidden|expired|killed|crash|interrupt|disconnect|
      실패|오류|에러|거부|거절|취소|중단|차단|초과|만료
    /ix
    # `incomplete` is an answer of OpenAI's responses that a limit cut off: it is billed.
    SUCCESS_WORDS = /\A\s*(?:success(?:ful|ful+y)?|succeeded|ok|okay|(?:in)?completed?|done|finished|passed|200|true|성공|완료|정상)\s*\z/i
    LEADING_STATUS = /\A\s*([1-5]\d\d)(?!\d)/

    MEMO_LIMIT = 1000
    MEMO_BYTES = 512

    def initialize(rules)
      @rules = {}
      @words = {}
      @error_types = {}
      errors = rules.fetch("errors")
      @types = errors.fetch("types").map { |type| [type.fetch("name"), union(type["text"])] }
      @by_status = errors.fetch("status").transform_keys(&:to_i)
      @phrases = Phrases.new(errors.fetch("rules"))
      @verdicts = errors.fetch("categories").to_h { |c| [c.fetch("name"), [c.fetch("name"), c.fetch("suggestion")].freeze] }
      @by_type = verdicts_by(errors, "types")
      @by_code = verdicts_by(errors, "statuses")
      @unknown = @verdicts.fetch("unknown_error")
      @classes, @bounds = rules.fetch("latency").transpose
    end

    # [outcome, HTTP status or nil] from a status that may be a number, digits or words, and a status code.
    def judge(status, code, error)
      http = http_status(code) || http_status(status)
      word = status.is_a?(String) ? words(status)[1] : nil
      word = status ? "success" : "failure" if status == true || status == false
      outcome = if http then http >= 200 && http <= 299 ? "success" : "failure"
                else word
                end
      # A broken stream has status 200 and says so in words.
      outcome = "failure" if error || word == "failure"
      [outcome, http]
    end

    # Whether a status code that is a text tells no more than a status: 200, "429 Too Many Requests", "OK". Another one, such as
    # `insufficient_quota`, is an error's code.
    def status?(text)
      http, outcome = words(text)
      !http.nil? || outcome == "success"
    end

    def error_type(http, text)
      (http && by_status(http)) || by_text(text) || "unknown_error"
    end

    # [category, suggestion] by the error's text, else by its HTTP status, else by a weak word of the text, else by its
    # type.
    def category(type, text, http = nil)
      rule = text && rule_of(text)
      verdict = [rule["category"], rule["suggestion"]] if rule
      return verdict if verdict && !rule["weak"]

      @by_code[http] || by_failure(http) || verdict || @by_type[type] || @unknown
    end

    # [category, suggestion] of a name that a classifier gave; an unknown name is unknown_error.
    def named_category(name)
      @verdicts[name] || @unknown
    end

    def latency_class(milliseconds)
      at = 0
      at += 1 while (bound = @bounds[at]) && milliseconds >= bound
      @classes[at]
    end

    private

    def rule_of(text)
      remembered(@rules, text) { @phrases.find(text) }
    end

    # What the block gives for a text, which may be nil. The same few errors come again and again.
    def remembered(memo, text)
      return yield if text.bytesize > MEMO_BYTES
      return memo[text] if memo.key?(text)

      memo.clear if memo.size >= MEMO_LIMIT
      memo[text] = yield
    end

    # A status from 500 on says that the provider failed, which a weak word doesn't outdo.
    def by_failure(http)
      http && http >= 500 ? @by_type[by_status(http)] : nil
    end

    # Status or type => [category, suggestion].
    def verdicts_by(errors, key)
      errors.fetch("categories").flat_map { |c| c.fetch(key).map { |value| [value, @verdicts[c["name"]]] } }.to_h
    end

    def http_status(value)
      return words(value)[0] if value.is_a?(String)

      value = Numbers.float(value)&.to_i unless value.is_a?(Integer)
      value && value >= 100 && value <= 599 ? value : nil
    end

    # [HTTP status, outcome] that a status in words tells, each may be nil. The same few come again and again.
    def words(status)
      known = @words[status]
      return known if known

      @words.clear if @words.size >= MEMO_LIMIT
      meaning = [LEADING_STATUS.match(status)&.captures&.first&.to_i, word_outcome(status)].freeze
      status.bytesize > MEMO_BYTES ? meaning : @words[status] = meaning
    end

    def word_outcome(word)
      return "success" if word.match?(SUCCESS_WORDS)

      word.match?(FAILURE_WORDS) ? "failure" : nil
    end

    def by_status(http)
      return nil if http.between?(200, 299)

      @by_status[http] || (http >= 500 && "provider_server_error") || (http >= 400 && "client_error") || nil
    end

    def by_text(text)
      text && remembered(@error_types, text) { type_of(text) }
    end

    def type_of(text)
      @types.each { |name, pattern| return name if text == name || pattern&.match?(text) }
      nil
    end

    # One pattern of literal words; a word of digits alone must stand alone.
    def union(words)
      return nil if words.nil? || words.empty?

      Regexp.new(words.map { |w| w.match?(/\A\d+\z/) ? "(?<!\\d)#{w}(?![0-9A-Za-z])" : Regexp.escape(w) }.join("|"), Regexp::IGNORECASE)
    end
  end
end
