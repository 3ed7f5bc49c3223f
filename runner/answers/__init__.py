"""Answers out of the documents: what was used and spent, what it would have cost, and files for finance.

Every module gets an `Elasticsearch` and the card; none knows how the bundle is run. Money is an integer,
`holysheep.cost.total_nano`, and every sum of it is exact (`sums`).
"""
