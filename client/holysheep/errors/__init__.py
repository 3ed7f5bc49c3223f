"""Errors of calls: their category by the bundle's rules, and how to report one.

>>> classify("Rate limit reached for gpt-4.1")[0]
'rate_limit_error'
"""

from holysheep.errors.message import generalise, shorten
from holysheep.errors.phrases import classify
from holysheep.errors.sentry import capture_ai_error

__all__ = ["capture_ai_error", "classify", "generalise", "shorten"]
