"""A small valid price card."""

#: Tests put mistakes into it and name their lines, which count from 1.
SMALL = """\
index_prefix: x
retention_days: {api: 1, errors: 1, audit: 1, access: 1, system: 1, rejected: 1, deadletter: 1}
budgets:
  request_usd: 0.5
  day_usd: 1
  month_usd: 1
latency_classes:
  - {name: fast, below_ms: 500}
  - {name: slow}
models:
  - id: a
    provider: p
    family: f
    aliases:
      - a-1
    patterns:
      - abc-*
    service_tiers:
      batch: 0.5
    prices:
      - from: 2024-01-01
        input: 1
        output: 2
      - from: 2025-01-01
        input: 1
        output: 2
        cached_input: 0.5
        tiers:
          - above: 100
            input: 3
            output: 4
          - above: 200
            input: 5
            output: 6
  - id: b
    provider: p
    family: f
    patterns:
      - xyz-*-eu
    prices:
      - {from: 2024-01-01, input: 1, output: 1}
"""
