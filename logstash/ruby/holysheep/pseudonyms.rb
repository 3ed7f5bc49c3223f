# frozen_string_literal: true

require_relative "keyed_hash"
require_relative "subject_keys"

module HolySheep
  # The pseudonym of a user: 16 hex digits that need the privacy key and the user's own key. Not thread-safe, because of its
  # memory. runner/compliance/subject_keys.py makes the same; tests/vectors/subject_keys.json has examples.
  class Pseudonyms
    # What is hashed behind these can't be a text that is hashed elsewhere with the privacy key.
    LOOKUP = "holysheep subject\n"
    KEY = "holysheep subject key\n"
    LOOKUP_DIGITS = 32
    MEMORY = 20_000
    # Longer ids are not remembered.
    LONGEST = 256
    NO_KEY = "holysheep: there is no readable privacy key (#{KeyedHash::VARIABLE}), so documents have no user.id. " \
             "Make it readable and not empty, then restart: docs/privacy.md"

    # shared: the user's hash by the privacy key alone, which texts may hold (see Disclosure); own: the pseudonym, nil
    # when the user's key can't be stored.
    Names = Struct.new(:shared, :own)

    def self.from_environment(hash = KeyedHash.from_environment)
      # Here, not for each line: the key is read at the start alone.
      warn NO_KEY unless hash.key?
      new(hash, SubjectKeys.from_environment)
    end

    def initialize(hash, keys)
      @hash = hash
      @keys = keys
      @by_id = {}
      @by_hash = {}
    end

    # The names of a user; nil without a privacy key. hashed: whether the id is the shared hash, which the client writes.
    def of(id, hashed)
      forget_destroyed
      memory = hashed ? @by_hash : @by_id
      memory[id] || learn(memory, id, hashed ? id : @hash.of(id))
    end

    # What stands for a value that may be a user's id: the pseudonym of a user who has one already, else the hash.
    def shown(value)
      hash = @hash.of(value)
      key = hash && @keys.known(lookup(hash))
      key ? pseudonym(hash, key) : hash
    end

    private

    def learn(memory, id, hash)
      return nil unless hash

      key = @keys.of(lookup(hash))
      names = Names.new(hash, key && pseudonym(hash, key))
      return names if key.nil? || id.bytesize > LONGEST

      memory.clear if memory.size >= MEMORY
      memory[id] = names
    end

    # What was derived from a key that is destroyed now.
    def forget_destroyed
      generation = @keys.generation
      return if generation == @generation

      @by_id.clear
      @by_hash.clear
      @generation = generation
    end

    def lookup(hash)
      @hash.hex("#{LOOKUP}#{hash}")[0, LOOKUP_DIGITS]
    end

    # Through the privacy key, so that the file of keys alone tells nothing, and an old privacy key that is destroyed takes
    # all pseudonyms of its time along.
    def pseudonym(hash, key)
      KeyedHash.new(@hash.hex("#{KEY}#{key}")).of(hash)
    end
  end
end
