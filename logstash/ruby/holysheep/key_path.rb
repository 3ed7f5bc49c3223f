# frozen_string_literal: true

module HolySheep
  # A value within a parsed record by its keys. What is left of a path may be one key that holds dots, as exporters of
  # attributes write them.
  module KeyPath
    module_function

    # The value, nil when it is not there.
    def at(record, path)
      path.each_with_index do |key, index|
        return nil unless record.is_a?(Hash)

        inner = record[key]
        return record[path[index..].join(".")] if inner.nil?

        record = inner
      end
      record
    end

    # Whether the value is there; a list counts by its first item.
    def there?(record, path)
      path.each do |key|
        record = record[0] if record.is_a?(Array)
        return false unless record.is_a?(Hash) && record.key?(key)

        record = record[key]
      end
      true
    end

    # Replaces the value at the path by the block's, where the value is there.
    def replace(record, path)
      parent = path.size == 1 ? record : at(record, path[0..-2])
      return unless parent.is_a?(Hash) && !parent[path[-1]].nil?

      parent[path[-1]] = yield parent[path[-1]]
    end
  end
end
