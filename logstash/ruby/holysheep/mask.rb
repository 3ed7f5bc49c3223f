# frozen_string_literal: true

module HolySheep
  # Takes personal data and secrets out of a text. Every expression is bounded, so that its time grows with the length
  # of the text and not faster; a cheap look decides whether the expensive ones run at all.
  module Mask
    # A word begins here; also behind a line break that JSON has escaped, as rejected lines have them.
    START = /(?:(?<![A-Za-z0-9])|(?<=\\[nrtbf]))/
    EMAIL = /(?<![\p{L}\p{N}._%+'-])(?>[\p{L}\p{N}._%+'-]+)@(?>[\p{L}\p{N}-]{1,63})(?:\.[\p{L}\p{N}-]{1,63}){1,8}/
    # In a URL; the local part without %, so that it ends before the %40.
    EMAIL_IN_URL = /[\p{L}\p{N}._+-]{1,64}%40(?>[\p{L}\p{N}-]{1,63})(?:\.[\p{L}\p{N}-]{1,63}){1,8}/
    # No network's numbers begin with 1, but milliseconds since 1970 do, and one in ten of them passes the check.
    CARD = /(?<![\d.])[2-9](?:[ -]?\d){12,18}(?!\d)/
    SSN = /(?<!\d)(?<!\d-)\d{3}-\d{2}-\d{4}(?!-?\d)/
    # One expression each: as one alternation they took twenty times as long, since none could look ahead for its own.
    NATIONAL_IDS = [
      /(?<!\d)\d{6}-[1-8]\d{6}(?!\d)/, # Korea, resident registration number
      /(?<!\d)\d{3}\.\d{3}\.\d{3}-\d{2}(?!\d)/, # Brazil, CPF
      /(?<!\d)[12]\d{2}[ ]?(?:0[1-9]|1[0-2]|[2-9]\d)[ ]\d{2}[ ]\d{3}[ ]\d{3}[ ]\d{2}(?!\d)/, # France, NIR, spaced
      /(?<!\d)\d{4}[ ]\d{4}[ ]\d{4}(?![ ]?\d)/ # India, Aadhaar, spaced
    ].freeze
    # Those with capital letters, which most ids and numbers have not.
    LETTERED_IDS = [
      /(?<![\p{L}\d])[A-CEGHJ-PR-TW-Z]{2}[ ]?\d{2}[ ]?\d{2}[ ]?\d{2}[ ]?[A-D](?![\p{L}\d])/, # UK, NI number
      /(?<![\p{L}\d])[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z](?![\p{L}\d])/, # Italy, codice fiscale
      /(?<![\p{L}\d])[XYZ]?\d{7,8}-?[TRWAGMYFPDXBNJZSQVHLCKE](?![\p{L}\d])/ # Spain, DNI and NIE
    ].freeze
    CAPITAL = /[A-Z]/
    MASKED_ID = "[NATIONAL_ID_MASKED]"
    CHINA_ID = /(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)/
    IBAN = /(?:(?<![\p{L}\d])|(?<=\\[nrtbf]))[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?(?![\p{L}\d])/
    PHONE = /
      (?:(?<![\w+])|(?<=\\[nrtbf]))(?:
        (?:\+\d{1,3}(?:[ .-]?\(?\d{1,4}\)?){2,5} | 01[016789][ -]\d{3,4}[ -]\d{4})(?!\d)
        | 01[016789][ -]?\d{3,4}[ -]?\d{4}(?!\w)   # without both dashes a letter behind it tells an id
      )
    /x
    # Of all digits; a time zone (+0900) has fewer.
    SHORTEST_PHONE = 8
    API_KEY = /
      #{START}(?:
        (?:sk|rk|pk)-[A-Za-z0-9_-]{12,256} | (?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{8,256} | hs_(?:live|test)_\w{6,256}
        | AIza[A-Za-z0-9_-]{30,64} | (?:AKIA|ASIA)[A-Z0-9]{16} | gh[pousr]_[A-Za-z0-9]{20,256} | github_pat_\w{20,256}
        | glpat-[\w-]{16,64} | xox[abeprs]-[\w-]{10,256} | hf_[A-Za-z0-9]{20,64} | gsk_[A-Za-z0-9]{20,128}
        | r8_[A-Za-z0-9]{20,64} | (?:pplx|xai|nvapi|fw|tvly|lsv2_(?:pt|sk))[-_][A-Za-z0-9_-]{16,256} | npm_[A-Za-z0-9]{30,64}
        | SG\.[\w-]{16,64}\.[\w-]{16,64} | ya29\.[\w-]{20,512}
      )
    /x
    BEARER = %r{#{START}(Bearer|Basic)(\s{1,8}|%20)[A-Za-z0-9._~+/=-]{6,4096}}i
    JWT = /(?:(?<![\w-])|(?<=\\[nrtbf]))eyJ[\w-]{6,4096}\.[\w-]{4,8192}(?:\.[\w-]{0,4096})?/
    PRIVATE_KEY = /-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----(?:.{0,8192}?-----END [A-Z ]{0,32}PRIVATE KEY-----|.{0,8192})/m
    # `api_key=…`, `"password": "…"`; a bare `key` or a count such as `tokens: 150000` is no secret.
    NAMED_SECRET = /
      #{START}((?:(?:x-)?(?:api|access|secret|private|auth|client|session)[_ -]?(?:key|token|secret|id_token)
      |token|secret|passw(?:or)?d|passwd|pwd|credentials?)
      \\?["']?\s{0,4}(?:[:=]|provided:)\s{0,4}\\?["']?)
      (?!\[|\d+\b)([^\s"'\\,;&}\]]{6,512})
    /xi
    URL_PASSWORD = %r{(://[^\s/:@]{0,128}:)[^\s/@]{1,256}(?=@)}

    # What must be in a text before an expression of `secrets` can match. Plain searches: one alternation of these in a
    # regular expression took twenty times as long on an ordinary text.
    KEY_HINTS = %w[sk- sk_ rk- rk_ pk- pk_ hs_ AIza AKIA ASIA gho_ ghp_ ghr_ ghs_ ghu_ github_pat_ glpat- xox hf_ gsk_ r8_ pplx xai
                   nvapi fw- fw_ tvly lsv2_ npm_ SG. ya29. eyJ ----- ://].freeze
    WORD_HINTS = %w[bearer basic key token secret passw pwd credential].freeze
    HINT_NUMBER = /\d[\d .()-]{5}|[A-Z]{2} ?\d{2}/
    ESCAPED_ASCII = /\\u00([2-7]\h)/

    module_function

    # The text without what must not be kept. Idempotent: a masked text stays as it is.
    def text(value)
      out = value
      out = out.gsub(ESCAPED_ASCII) { Regexp.last_match(1).hex.chr } if out.include?("\\u00")
      out = secrets(out) if secret_hint?(out)
      out = out.gsub(EMAIL, "[EMAIL_MASKED]") if out.include?("@")
      out = out.gsub(EMAIL_IN_URL, "[EMAIL_MASKED]") if out.include?("%40")
      out = numbers(out) if out.match?(HINT_NUMBER)
      out
    end

    def secret_hint?(text)
      return true if KEY_HINTS.any? { |hint| text.include?(hint) }

      lower = text.downcase(:ascii)
      WORD_HINTS.any? { |hint| lower.include?(hint) }
    end

    def secrets(text)
      text.gsub(PRIVATE_KEY, "[PRIVATE_KEY_MASKED]")
          .gsub(URL_PASSWORD, '\1[PASSWORD_MASKED]')
          .gsub(BEARER, '\1\2[TOKEN_MASKED]')
          .gsub(JWT, "[TOKEN_MASKED]")
          .gsub(API_KEY, "[API_KEY_MASKED]")
          .gsub(NAMED_SECRET, '\1[SECRET_MASKED]')
    end

    # `match?` first: most texts match nothing, and `gsub` would copy them each time.
    def numbers(text)
      capital = text.match?(CAPITAL)
      out = text
      out = out.gsub(IBAN) { |found| iban?(found) ? "[IBAN_MASKED]" : found } if capital && out.match?(IBAN)
      out = out.gsub(CHINA_ID) { |found| china_id?(found) ? MASKED_ID : found } if out.match?(CHINA_ID)
      out = out.gsub(CARD) { |found| luhn?(found) ? "[CARD_MASKED]" : found } if out.match?(CARD)
      out = out.gsub(SSN, "[SSN_MASKED]") if out.match?(SSN)
      out = without(NATIONAL_IDS, out)
      out = without(LETTERED_IDS, out) if capital
      out.gsub(PHONE) { |found| found.count("0-9") < SHORTEST_PHONE ? found : "[PHONE_MASKED]" }
    end

    def without(expressions, text)
      expressions.reduce(text) { |out, expression| out.match?(expression) ? out.gsub(expression, MASKED_ID) : out }
    end

    def luhn?(text)
      digits = text.delete("^0-9").bytes.reverse
      sum = digits.each_with_index.sum do |byte, place|
        digit = byte - 48
        place.odd? ? (digit * 2).digits.sum : digit
      end
      (sum % 10).zero?
    end

    def iban?(text)
      compact = text.delete(" ")
      (compact[4..] + compact[0, 4]).gsub(/[A-Z]/) { |letter| (letter.ord - 55).to_s }.to_i % 97 == 1
    end

    def china_id?(text)
      weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
      sum = weights.each_with_index.sum { |weight, place| weight * (text.getbyte(place) - 48) }
      "10X98765432"[sum % 11] == text[17].upcase
    end
  end
end
