"""The days of a week and their minutes, in UTC, as the price card counts hours. Loads no pydantic."""

from typing import Final

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: Minutes of a day, and of a week.
DAY: Final = 24 * 60
WEEK: Final = 7 * DAY
