# frozen_string_literal: true

require_relative "numbers"

module HolySheep
  # Reads timestamps of every kind as milliseconds since 1970. A text without a zone is UTC, as many clients write it
  # (`datetime.utcnow().isoformat()`).
  class Times
    # ms since epoch; text as Elasticsearch gets it; minute: the bucket's text; day: as in the index's name
    class Moment
      attr_reader :ms, :text, :minute, :day

      def initialize(ms, text, minute, day)
        @ms = ms
        @text = text
        @minute = minute
        @day = day
      end
    end

    # Before this and more than a day ahead of arrival, a clock is wrong: such a line would open a daily index of its
    # own that the lifecycle deletes at once, or never.
    EARLIEST_MS = 1_420_070_400_000 # 2015-01-01
    AHEAD_MS = 86_400_000
    CACHE_LIMIT = 4096
    # Bytes of `YYYY-MM-DDTHH:MM:SS.mmm`.
    WHOLE_MS = 23
    TEN_TO_THE = Array.new(13) { |power| 10**power }.freeze

    # Behind an offset Go writes the zone's name (`+0900 KST`), Java its place (`+09:00[Asia/Seoul]`).
    ISO = /
      \A\s*(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?
      \s*(?:(Z|z|UTC|GMT|KST|[+-]\d\d:?\d\d|[+-]\d\d)(?:\ [A-Z]{3,4}|\[[A-Za-z_\/+-]{1,40}\])?)?\s*\z
    /x
    HTTP_DATE = /\A\s*[A-Z][a-z]{2},\ (\d\d)\ ([A-Z][a-z]{2})\ (\d{4})\ (\d\d):(\d\d):(\d\d)\ GMT\s*\z/
    KST_MINUTES = 540
    ISO_DATE = /\A\s*(\d{4})-(\d\d)-(\d\d)\s*\z/
    DIGITS = /\A\s*\d{1,19}(?:\.\d{1,12})?\s*\z/
    MONTHS = %w[Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec].each_with_index.to_h { |m, i| [m, i + 1] }.freeze

    def initialize
      @minutes = {} # by the text up to the minute
      @by_ms = {}   # the same, by the minute's milliseconds
      @second = nil # the last one that #second was asked for
    end

    # Moment, or nil for what is no time at all.
    def parse(value)
      case value
      when String then fast(value) || iso(value) || (value.match?(DIGITS) ? epoch(value.include?(".") ? value.to_f : value.to_i) : nil)
      when Integer then epoch(value)
      when nil, true, false, Hash, Array then nil
      else
        number = Numbers.float(value)
        number && epoch(number)
      end
    end

    # Seconds, milli-, micro- or nanoseconds, told apart by size: all four agree on which years are plausible.
    def epoch(number)
      size = number.abs
      return nil if size >= 1e20

      # Seconds as a Float times 1000 end just below the millisecond that was meant.
      ms = if size < 1e11 then number.is_a?(Float) ? (number * 1000).round(3) : number * 1000
           elsif size < 1e14 then number
           elsif size < 1e17 then number / 1000
           else number / 1_000_000
           end
      at(ms.floor)
    end

    def at(ms)
      moment(ms.div(60_000) * 60_000, ms % 60_000)
    end

    # The text of a time cut to the second.
    def second(millis)
      second = millis / 1000
      return @second_text if second == @second

      @second = second
      @second_text = at(second * 1000).text
    end

    def self.plausible?(moment, arrival_ms)
      moment.ms >= EARLIEST_MS && moment.ms <= arrival_ms + AHEAD_MS
    end

    # Milliseconds of a civil date and time, nil when there is no such date.
    def civil(year, month, day, hour, minute, second)
      return nil if hour > 23 || minute > 59 || second > 60

      Time.utc(year, month, day, hour, minute, second).then { |t| t.day == day ? t.to_i * 1000 : nil }
    rescue ArgumentError
      nil
    end

    private

    # `YYYY-MM-DDTHH:MM:SS[.fraction][Z]` with a known minute: no regular expression, one hash look-up.
    def fast(text)
      return nil unless text.ascii_only?

      minute = @minutes[text.byteslice(0, 16)]
      return nil unless minute && text.getbyte(16) == 58

      tens = text.getbyte(17)
      ones = text.getbyte(18)
      return nil unless tens && ones && tens >= 48 && tens <= 53 && ones >= 48 && ones <= 57

      millis = fraction(text)
      return nil unless millis

      rest_ms = ((((tens - 48) * 10) + ones - 48) * 1000) + millis
      return build(minute, rest_ms) if text.bytesize <= WHOLE_MS

      Moment.new(minute[0] + rest_ms, "#{text.byteslice(0, WHOLE_MS)}Z", minute[2], minute[3])
    end

    # Milliseconds of a text's fraction when nothing but an optional Z follows, else nil.
    def fraction(text)
      size = text.bytesize
      size -= 1 if text.getbyte(size - 1) == 90
      return 0 if size == 19
      return nil if text.getbyte(19) != 46 || size > 32 || size == 20

      count = size - 20
      digits = text.byteslice(20, count)
      number = digits.to_i
      # As text again it shows whether all were digits: quicker than to look at each.
      return nil unless (TEN_TO_THE[count] + number).to_s.end_with?(digits)

      count > 3 ? number / TEN_TO_THE[count - 3] : number * TEN_TO_THE[3 - count]
    end

    def iso(text)
      m = ISO.match(text) || ISO_DATE.match(text)
      return http_date(text) unless m

      base = civil(m[1].to_i, m[2].to_i, m[3].to_i, m[4].to_i, m[5].to_i, m[6].to_i)
      return nil unless base

      at(base + (m[7] ? m[7].ljust(3, "0")[0, 3].to_i : 0) - offset_ms(m[8]))
    end

    # `Thu, 20 Nov 2025 10:00:00 GMT`, as an answer's header has it.
    def http_date(text)
      m = HTTP_DATE.match(text)
      month = m && MONTHS[m[2]]
      base = month && civil(m[3].to_i, month, m[1].to_i, m[4].to_i, m[5].to_i, m[6].to_i)
      base && at(base)
    end

    def offset_ms(zone)
      return KST_MINUTES * 60_000 if zone == "KST"
      return 0 if zone.nil? || !zone.start_with?("+", "-")

      minutes = (zone[1, 2].to_i * 60) + zone.delete(":")[3, 2].to_i
      (zone.start_with?("-") ? -minutes : minutes) * 60_000
    end

    def moment(minute_ms, rest_ms)
      build(@by_ms[minute_ms] || remember(minute_ms), rest_ms)
    end

    # Everything that is the same for all moments of one minute: [ms, text up to the seconds, bucket, day].
    def remember(minute_ms)
      [@minutes, @by_ms].each(&:clear) if @by_ms.size >= CACHE_LIMIT
      time = Time.at(minute_ms / 1000).utc
      head = time.strftime("%Y-%m-%dT%H:%M")
      @minutes[head] = @by_ms[minute_ms] = [minute_ms, "#{head}:", "#{head}:00.000Z", time.strftime("%Y.%m.%d")].freeze
    end

    def build(minute, rest_ms)
      tail = rest_ms + 100_000
      digits = tail.to_s
      Moment.new(minute[0] + rest_ms, "#{minute[1]}#{digits.byteslice(1, 2)}.#{digits.byteslice(3, 3)}Z", minute[2], minute[3])
    end
  end
end
