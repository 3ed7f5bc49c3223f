"""Years of cost: exact sums of calls, kept when the calls are gone. docs/rollups.md says what they are and why so.

`job` makes them, `check` compares them with the calls, `sources` says what a report reads from where.
"""
