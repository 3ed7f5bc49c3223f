# frozen_string_literal: true

# HMACs by the filter's own Ruby, for tests/cases/test_seal_law.py: one JSON line in ({"key", "id", "document"}), the
# document with its HMAC out.

require "json"
require_relative "../../logstash/ruby/holysheep/document_seal"

while (line = $stdin.gets)
  request = JSON.parse(line, max_nesting: 0, symbolize_names: true)
  HolySheep::DocumentSeal.new(request[:key]).write(request[:id], request[:document])
  puts JSON.generate(request[:document], max_nesting: 0)
  $stdout.flush
end
