# frozen_string_literal: true

require_relative "keyed_hash"

module HolySheep
  # The user of a call where pricing.yaml says `privacy.user_ids: hmac`: the id is replaced by its keyed hash, in `user.id`
  # and wherever the document's texts repeat it. client/holysheep/privacy.py makes the same hash.
  class Subject
    # What the client has hashed already. Hashed twice, a user would be two: one of the client's lines, one of others.
    HASHED = /\A\h{16}\z/
    HASHED_BY = "client"
    # Shorter ids are replaced where they are the whole value: within a text "12" may be anything.
    SHORTEST = 4
    # Where a line's own words are kept. All other values are of a few known ones, and may equal an id by chance.
    TEXTS = [%i[error message], %i[url full], %i[gen_ai conversation id], %i[gen_ai input messages], %i[gen_ai output messages],
             %i[holysheep metadata], %i[holysheep audit request_payload], %i[holysheep audit response_payload],
             %i[holysheep problems]].freeze
    # Keys of a rejected line under which a user stands.
    KEY = /(?:user|customer|member|e-?mail)(?:[._-]?(?:id|name|login|address))?\z/i

    # hashed: whether ids are replaced.
    def initialize(hashed, hash = KeyedHash.from_environment)
      @hashed = hashed
      @hash = hash
    end

    # Whether the values under a key of a line that is not understood are withheld.
    def key?(name)
      @hashed && name.match?(KEY)
    end

    # Whether ids are replaced.
    def hashed?
      @hashed
    end

    # Replaces the user in all documents of a call, where ids are. value: the id as the line has it; source: the source's name.
    def replace(outputs, value, source)
      return outputs if value.nil? || value == "" || value.is_a?(Hash) || value.is_a?(Array)

      id = value.to_s
      id = id.scrub("\uFFFD") unless id.valid_encoding?
      return outputs if source == HASHED_BY && id.match?(HASHED)

      digest = @hash.of(id)
      outputs.each { |output| output.document = without(output.document, id, digest) }
    end

    private

    # The documents of a call share their parts, so that each gets new ones.
    def without(document, id, digest)
      document = document.merge(user: { id: digest }) if digest
      document = document.reject { |key, _| key == :user } unless digest
      TEXTS.each { |path| document = changed(document, path, id, digest || "[USER]") }
      document
    end

    def changed(value, path, id, digest)
      return clean(value, id, digest) if path.empty?
      return value unless value.is_a?(Hash) && value.key?(path[0])

      value.merge(path[0] => changed(value[path[0]], path.drop(1), id, digest))
    end

    def clean(value, id, digest)
      case value
      when String then text(value, id, digest)
      when Hash then value.to_h { |key, inner| [text(key, id, digest), clean(inner, id, digest)] }
      when Array then value.map { |inner| clean(inner, id, digest) }
      else value
      end
    end

    def text(value, id, digest)
      return digest if value == id

      id.length >= SHORTEST && value.include?(id) ? value.gsub(id, digest) : value
    end
  end
end
