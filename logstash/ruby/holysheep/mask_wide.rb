# frozen_string_literal: true

module HolySheep
  # Numbers in full-width digits and signs, as an Asian keyboard writes them, or with dashes of print. The masks know ASCII
  # alone. Such a number is shown to them in ASCII, and stays as it was unless they find something.
  module MaskWide
    # A dash, or a vowel that is typed for one (ー, ㅡ).
    DASHES = "\u2010-\u2015\u2212\uFE58\uFE63\uFF0D\u30FC\u3161"
    WIDE = "\uFF10-\uFF19\u3000\uFF08\uFF09\uFF0B\uFF0E\uFF0F#{DASHES}"
    NARROW = "0-9 ()+./-" # the last sign stands for all dashes
    # Such a digit, or such a sign behind a digit.
    ANY = /[\uFF10-\uFF19]|[0-9](?: ?[#{DASHES}]|\u3000)/
    # Eight digits and more, and a letter behind them, which says that they are no number of a person.
    RUN = %r{(?=[0-9\uFF10-\uFF19(\uFF08+\uFF0B])(?<![0-9A-Za-z\uFF10-\uFF19])[(\uFF08+\uFF0B]?[0-9\uFF10-\uFF19](?:[ .()/\u00a0#{WIDE}-]{0,3}[0-9\uFF10-\uFF19]){7,63}[A-Za-z_]?}

    module_function

    # The text, with the block's answer for each such number in ASCII where it differs from that number.
    def replaced(text)
      return text if text.ascii_only? || !text.match?(ANY)

      text.gsub(RUN) do |run|
        next run unless run.match?(ANY)

        plain = run.tr(WIDE, NARROW)
        masked = yield plain
        masked == plain ? run : masked
      end
    end
  end
end
