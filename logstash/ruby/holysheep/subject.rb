# frozen_string_literal: true

require_relative "pseudonyms"

module HolySheep
  # The user of a line where pricing.yaml says `privacy.user_ids: hmac`: the id is replaced by the user's pseudonym, in
  # `user.id` or `user.name` and wherever the document's texts repeat it.
  class Subject
    # What the client has hashed already, by client/holysheep/privacy.py. Hashed twice, a user would be two: one of the
    # client's lines, one of others.
    HASHED = /\A\h{16}\z/
    HASHED_BY = "client"
    # Shorter ids are replaced where they are the whole value: within a text "12" may be anything.
    SHORTEST = 4
    # Where a line's own words are kept. All other values are of a few known ones, and may equal an id by chance.
    TEXTS = [%i[error message], %i[url full], %i[gen_ai conversation id], %i[gen_ai input messages], %i[gen_ai output messages],
             %i[holysheep metadata], %i[holysheep audit request_payload], %i[holysheep audit response_payload],
             %i[holysheep problems], %i[url path], %i[http request referrer]].freeze
    NO_KEY = "user: left out, because the user's key could not be stored (docs/privacy.md)"
    NO_PRIVACY_KEY = "user: left out, because there is no readable privacy key (docs/privacy.md)"
    # Keys of a rejected line under which a user stands.
    KEY = /(?:user|customer|member|e-?mail)(?:[._-]?(?:id|name|login|address))?\z/i

    # hashed: whether ids are replaced.
    def initialize(hashed, pseudonyms = hashed ? Pseudonyms.from_environment : nil)
      @hashed = hashed
      @pseudonyms = pseudonyms
    end

    # Whether the values under a key of a line that is not understood are withheld.
    def key?(name)
      @hashed && name.match?(KEY)
    end

    # Whether ids are replaced.
    def hashed?
      @hashed
    end

    # What stands for a value under such a key; nil without a privacy key.
    def shown(value)
      @pseudonyms.shown(value)
    end

    # Replaces the user in all documents of a line, where ids are. value: the id as the line has it; source: the source's
    # name; field: of `user`, in which the id is.
    def replace(outputs, value, source, field = :id)
      return outputs if value.nil? || value == "" || value.is_a?(Hash) || value.is_a?(Array)

      id = value.to_s
      id = id.scrub("\uFFFD") unless id.valid_encoding?
      names = @pseudonyms.of(id, source == HASHED_BY && id.match?(HASHED))
      outputs.each { |output| output.document = without(output.document, id, names, field) }
    end

    private

    # The documents of a call share their parts, so that each gets new ones.
    def without(document, id, names, field)
      pseudonym = names&.own
      document = pseudonym ? document.merge(user: { field => pseudonym }) : document.reject { |key, _| key == :user }
      document = noted(document, names ? NO_KEY : NO_PRIVACY_KEY) unless pseudonym
      hidden = names ? [id, names.shared].uniq : [id]
      TEXTS.each { |path| document = changed(document, path, hidden, pseudonym || "[USER]") }
      document
    end

    def noted(document, reason)
      holysheep = document[:holysheep]
      document.merge(holysheep: holysheep.merge(problems: [*holysheep[:problems], reason]))
    end

    def changed(value, path, hidden, shown)
      return clean(value, hidden, shown) if path.empty?
      return value unless value.is_a?(Hash) && value.key?(path[0])

      value.merge(path[0] => changed(value[path[0]], path.drop(1), hidden, shown))
    end

    def clean(value, hidden, shown)
      case value
      when String then text(value, hidden, shown)
      when Hash then value.to_h { |key, inner| [text(key, hidden, shown), clean(inner, hidden, shown)] }
      when Array then value.map { |inner| clean(inner, hidden, shown) }
      else value
      end
    end

    def text(value, hidden, shown)
      return shown if hidden.include?(value)

      hidden.each { |id| value = value.gsub(id, shown) if id.length >= SHORTEST && value.include?(id) }
      value
    end
  end
end
