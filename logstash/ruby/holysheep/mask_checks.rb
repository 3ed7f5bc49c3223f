# frozen_string_literal: true

module HolySheep
  # Checks that a regular expression can't do: check digits, and whether a value behind `token:` is a secret.
  # The twin of client/holysheep/mask_checks.py; tests/cases/test_masks.py holds both equal.
  module MaskChecks
    CHINA = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2].freeze
    VERHOEFF = %w[0123456789 1234067895 2340178956 3401289567 4012395678
                  5987604321 6598710432 7659821043 8765932104 9876543210].map { |row| row.bytes.map { |b| b - 48 } }.freeze
    PERMUTATION = %w[0123456789 1576283094 5803796142 8916043527 9453126870 4286573901 2793806415 7046913258]
                  .map { |row| row.bytes.map { |b| b - 48 } }.freeze
    ISSUERS = /\A(?:4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})|5[1-5][0-9]{14}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|35[0-9]{14}|6(?:011|5[0-9]{2}|4[4-9][0-9])[0-9]{12}|62[0-9]{14,17}|50[0-9]{10,17}|5[6-8][0-9]{10,17}|6[037][0-9]{10,17})\z/
    # Length of IBANs => countries.
    IBANS = {
      15 => "NO",
      16 => "BE",
      18 => "DK FI FK FO GL NL SD",
      19 => "MK SI",
      20 => "AT BA EE KZ LT LU MN XK",
      21 => "CH HR LI LV",
      22 => "BG BH CR DE GB GE IE ME RS VA",
      23 => "AE GI IL IQ OM SO TL",
      24 => "AD CZ ES MD PK RO SA SE SK TN VG",
      25 => "AO CV GW LY MZ PT ST",
      26 => "DZ IR IS TR",
      27 => "BI CF CG CM DJ FR GA GQ GR IT KM MC MG MR SM TD",
      28 => "AL AZ BF BJ BY CI CY DO GT HN HU LB MA ML NE NI PL SN SV TG",
      29 => "BR EG PS QA UA",
      30 => "JO KW MU YE",
      31 => "MT SC",
      32 => "LC",
      33 => "RU"
    }.freeze
    # Korean resident numbers: weights of the check digit, days of the months.
    RRN = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5].freeze
    DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].freeze
    SIGN = /[ .\u00a0\u2009\u202f-]/
    WORD = %r{\A(?:[A-Za-z]?[a-z]{1,23}(?:[-_/][A-Za-z]?[a-z]{1,23}){0,5}[.!?:]{0,3}|[A-Z]{1,23}(?:[_-][A-Z]{1,23}){0,5})\z}
    UUID = /\A[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}\z/
    STATEMENT = /\A(?i:required|expected?|invalid|incorrect|missing|must|should|cannot|can|can't|not|no|none|null|nil|undefined|true|false|empty|too|wrong|expired|is|was|are|be|has|have|if|for|in|of|on|or|and|the|a|an|to|from|with|without|does|do|did|field|string|value|please|unknown|unset|set|changed|reset|mismatch|failed|denied|error|needed|optional|hidden|redacted|masked|forgotten|protected|policy|length|at|by|your|you|this|that|it|will|contains?|minimum|maximum|exactly|enabled|disabled|rejected|authentication|login|updated|ok|n\/a|unauthorized|obligatorio|requis|erforderlich|обязателен|necesario)\z/
    ASIAN_STATEMENT = /\A[\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]+[.。!]?\z/
    # A measured value or a count; with a unit, or without one.
    UNIT = /(?:[nuµμm]?s|secs?|seconds?|mins?|minutes?|m|h|hrs?|hours?|%|x|[kKMG]i?B?|B|bytes?|tok(?:en)?s?|t|req|chars?|calls?|USD|EUR|KRW|JPY|CNY|usd|cents?|원|초)/
    MEASURE = %r{\A[~≈]?[+-]?(?:[0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.[0-9]{1,18}(?:[eE][0-9]{1,2})?)?(?:[eE][+-][0-9]{1,3})?(?:#{UNIT}(?:/#{UNIT})?)?[.;:!?]{0,2}\z}
    # What tests and builds print behind PASS, a count with an ending (2nd), a version; a sentence.
    TEST = %r{\A(?i:test)|/.*\.|\A[0-9]{1,5}[a-z]{0,4}\z|\A[0-9]+/[0-9]+\z|\Av?[0-9]+(?:\.[0-9]+)+\z|[ \t]}
    FIRST_WORD = /\A[^ \t\r\n\f\v.,:;!?()]*/
    BLANK = /[ \t\r\n\f\v]/

    module_function

    def digits(value)
      value.delete("^0-9").bytes.map { |byte| byte - 48 }
    end

    # Whether the last digit is the check digit of ISO/IEC 7812.
    def luhn(value)
      sum = digits(value).reverse.each_with_index.sum do |digit, place|
        doubled = place.odd? ? digit * 2 : digit
        doubled > 9 ? doubled - 9 : doubled
      end
      (sum % 10).zero?
    end

    # Whether the value is a card number: an issuer's prefix and length, one kind of separator, the check digit.
    def card(value)
      value.scan(SIGN).uniq.size <= 1 && value.delete("^0-9").match?(ISSUERS) && grouped(value) && luhn(value)
    end

    def grouped(value)
      sizes = value.split(SIGN, -1).map(&:length)
      sizes.size == 1 || (sizes[0] == 4 && (sizes[1..-2] || []).all? { |size| size.between?(3, 6) })
    end

    # Whether it is an IBAN (ISO 13616): a country with its length, and the check digits.
    def mod97(value)
      compact = value.gsub(/[ \u00a0-]/, "").upcase(:ascii)
      return false unless IBANS[compact.length]&.include?(compact[0, 2])

      (compact[4..] + compact[0, 4]).each_char.map { |sign| sign.to_i(36).to_s }.join.to_i % 97 == 1
    end

    # The check sign of a Chinese resident id.
    def china(value)
      sum = CHINA.each_with_index.sum { |weight, place| weight * (value.getbyte(place) - 48) }
      "10X98765432"[sum % 11] == value[17].upcase
    end

    # The check digit of an Aadhaar number.
    def verhoeff(value)
      check = 0
      digits(value).reverse.each_with_index { |digit, place| check = VERHOEFF[check][PERMUTATION[place % 8][digit]] }
      check.zero?
    end

    # The two check digits of a Brazilian CPF.
    def cpf(value)
      numbers = digits(value)
      [9, 10].all? do |size|
        sum = numbers.first(size).each_with_index.sum { |digit, place| digit * (size + 1 - place) }
        sum * 10 % 11 % 10 == numbers[size]
      end && numbers.uniq.size > 1
    end

    # Whether it is a Korean resident number. With a dash its form is enough. Unbroken digits need a day of the calendar, the
    # century that goes with the year, and the check digit, since times in milliseconds and ids have 13 digits too.
    def rrn(value)
      return true if value.include?("-")

      numbers = digits(value)
      born_since_2000 = [3, 4, 7, 8].include?(numbers[6])
      year, month, day = numbers.first(6).each_slice(2).map { |tens, ones| (10 * tens) + ones }
      return false unless born_since_2000 == (year <= 20) && day <= DAYS[month - 1] - (month == 2 && year % 4 != 0 ? 1 : 0)

      sum = RRN.each_with_index.sum { |weight, place| weight * numbers[place] }
      (11 - (sum % 11) + (numbers[6] >= 5 ? 2 : 0)) % 10 == numbers[12]
    end

    # The check letter of a Spanish DNI or NIE.
    def dni(value)
      compact = value.delete("-")
      number = compact[0..-2].sub(/\A[XYZ]/) { |letter| "XYZ".index(letter).to_s }
      "TRWAGMYFPDXBNJZSQVHLCKE"[number.to_i % 23] == compact[-1]
    end

    # Whether a US social security number is possible: no group is all zeros, and the first is not 666.
    def ssn(value)
      !%w[000 666].include?(value[0, 3]) && value[4, 2] != "00" && value[7..] != "0000"
    end

    # Whether the value has as many digits as a phone number: 7 to 15, or 8 to 15 after `+` or `00`.
    def phone(value)
      digits(value).size.between?(value.start_with?("+", "00") ? 8 : 7, 15)
    end

    # Whether the value has two digits: keys have, names of packages and branches mostly don't.
    def digit(value)
      digits(value).size >= 2
    end

    def mixed(value)
      value.match?(/[0-9]/) && value.match?(/[A-Za-z]/)
    end

    def statement(value)
      value[FIRST_WORD].match?(STATEMENT) || value.match?(ASIAN_STATEMENT)
    end

    # Whether a value after `password:` can be a password, and is not a sentence such as `is required`.
    def password(value)
      value.length >= 3 && !statement(value) && !"<{$%*".include?(value[0]) && value.match?(/[0-9A-Za-z\u0080-\u{10ffff}]/)
    end

    # Whether the value has letters and digits, or is long and of mixed cases.
    def secret(value)
      return false if value.length < 6 || value.match?(BLANK) || "<{$*".include?(value[0]) || value.match?(WORD) || statement(value)
      return false if value.match?(MEASURE)
      return digits(value).size >= 20 if value.match?(%r{\A[0-9.,:/-]+\z})

      mixed(value) || (value.length >= 16 && value.match?(%r{[a-z][A-Z]|[+/=]}))
    end

    # Whether a value after the word `pass` is likely a password: letters with digits or signs, or six digits, and neither a
    # measured value nor the name of a test.
    def likely(value)
      return value.size >= 6 if value.match?(/\A[0-9]+\z/)
      return false if value.length < 5 || !password(value) || value.match?(WORD) || value.match?(MEASURE) || value.match?(TEST)

      mixed(value) || value.match?(/[A-Za-z].*[!@#$^&*?~+]|[!@#$^&*?~+].*[A-Za-z]/)
    end

    # Whether the value can be a session id: eight characters or more, with letters and digits.
    def session(value)
      value.length >= 8 && !value.match?(BLANK) && mixed(value)
    end

    # Whether a value after the bare word `key` is a key: 20 characters of mixed cases and digits, or 32 hex digits.
    def bare(value)
      return false if value.match?(UUID) || value.match?(%r{[ \t\r\n\f\v:./]})

      mixed_cases = value.match?(/[a-z]/) && value.match?(/[A-Z]/) && digits(value).size >= 2
      (value.length >= 20 && mixed_cases) || value.match?(/\A[0-9a-f]{32}\z/)
    end

    # Whether a value after `Bearer` or `Basic` is a token, and not a plain word.
    def token(value)
      !value.match?(WORD) && !statement(value)
    end

    # Whether a URL's parameter is a signature, and not a plain word or a number.
    def signed(value)
      !value.match?(WORD) && !value.match?(/\A[0-9]{1,12}\z/) && !statement(value)
    end
  end
end
