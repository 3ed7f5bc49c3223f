# frozen_string_literal: true

require "securerandom"
require_relative "subject_file"

module HolySheep
  # A random key for each user, drawn at the user's first line. Whoever destroys a key makes the user's pseudonym nobody's:
  # no other key leads to it. All workers of a process share one table, which follows the file within a second.
  class SubjectKeys
    # Names the file; see docs/privacy.md.
    VARIABLE = "HOLYSHEEP_SUBJECT_KEYS_FILE"
    # Users, at some 100 bytes of memory each. Without a limit one bad source could fill the memory with invented users.
    MOST = 1_000_000
    BYTES = 32
    # Seconds between two looks at the file, between two tries after a failure, and between two warnings.
    LOOK_S = 1
    RETRY_S = 1
    WARN_S = 60

    class Full < StandardError; end

    @shared = {}
    @mutex = Mutex.new

    # The table of the file that the environment names: one for all workers.
    def self.from_environment(environment = ENV)
      path = environment[VARIABLE].to_s
      @mutex.synchronize { @shared[path] ||= new(path.empty? ? nil : path) }
    end

    # path: nil for no file, and so no keys.
    def initialize(path, most: MOST)
      @file = path && SubjectFile.new(path)
      @most = most
      @mutex = Mutex.new
      @table = {}
      @generation = 0
      @look_at = @retry_at = @warn_at = 0
    end

    # A number that changes when keys may have been destroyed: what was derived from keys before holds no more.
    def generation
      look if now >= @look_at && @mutex.try_lock
      @generation
    end

    # The key of a user that has one, else nil.
    def known(lookup)
      @mutex.synchronize { @file&.key(@table, lookup) }
    end

    # The key (64 hex digits) of a user, drawn if there is none yet; nil when it can't be stored.
    def of(lookup)
      @mutex.synchronize { @file&.key(@table, lookup) || draw(lookup) }
    end

    private

    def look
      @look_at = now + LOOK_S
      read_on if @file
    rescue SystemCallError, IOError => e
      failed(e)
    ensure
      @mutex.unlock
    end

    def draw(lookup)
      return nil if now < @retry_at
      raise IOError, "#{VARIABLE} names no file" unless @file

      @file.locked do
        read_on
        @file.key(@table, lookup) || store(lookup)
      end
    rescue SystemCallError, IOError, Full => e
      failed(e)
    end

    def store(lookup)
      raise Full, "#{@file.path} has #{@table.size} users, the most there may be" if @table.size >= @most

      key = SecureRandom.hex(BYTES)
      @file.append(lookup, key)
      key
    end

    def read_on
      table = @file.read_on(@table)
      return if table.equal?(@table)

      @table = table
      @generation += 1
    end

    # Nil, after a line in the log: not for each user, since there may be thousands.
    def failed(error)
      @retry_at = now + RETRY_S
      if now >= @warn_at
        @warn_at = now + WARN_S
        warn "holysheep: keys of new users can't be stored (#{error.message}). Their documents have no user.id, see docs/privacy.md"
      end
      nil
    end

    def now
      Process.clock_gettime(Process::CLOCK_MONOTONIC)
    end
  end
end
