# frozen_string_literal: true

module HolySheep
  # The file of users' keys: lines of a look-up value and a key, in hexadecimal. Lines are only added here, by any number of
  # processes; `erase` removes some by putting a new file in its place (runner/compliance/subject_keys.py), under the same
  # lock. The lock is a file beside it, because a lock on a file that is replaced would bind nobody.
  class SubjectFile
    LOOKUP_DIGITS = 32
    KEY_DIGITS = 64
    LINE_BYTES = LOOKUP_DIGITS + 1 + KEY_DIGITS + 1
    # Seconds to wait for another process: adding a line takes milliseconds, an erasure among a million users a second or two.
    LOCK_S = 30
    PRIVATE = 0o600

    attr_reader :path

    def initialize(path)
      @path = path
      @offset = 0
    end

    # Adds what is new in the file to a table of users and the places of their lines, and returns it; a new table when the file
    # is another one, or gone: what the old one held is no more. A line that is cut off waits for its rest.
    def read_on(table)
      unless same_file?
        open_again
        table = {}
      end
      return table unless @handle

      @handle.seek(@offset)
      while (line = @handle.gets)&.end_with?("\n")
        # Of two keys of one user the first holds, as for everybody who reads the file.
        table[number(line)] ||= @offset if line.bytesize == LINE_BYTES
        @offset += line.bytesize
      end
      table
    end

    # The key of a user, nil for none. Keys are not in memory, so that none outlives its destruction.
    def key(table, lookup)
      place = table[number(lookup)]
      return nil unless place && @handle

      @handle.seek(place)
      line = @handle.read(LINE_BYTES)
      line.byteslice(LOOKUP_DIGITS + 1, KEY_DIGITS) if line&.start_with?(lookup)
    end

    # Adds a line, on the disk when it returns. Call it within `locked` and after `read_on`.
    def append(lookup, key)
      File.open(@path, File::WRONLY | File::APPEND | File::CREAT, PRIVATE) do |file|
        # What a power failure has cut off would make one bad line of two.
        start = file.size > @offset ? "\n" : ""
        file.syswrite("#{start}#{lookup} #{key}\n")
        file.fsync
      end
    end

    # Runs the block while no other process changes the file.
    def locked
      folder = File.dirname(@path)
      Dir.mkdir(folder, 0o700) unless Dir.exist?(folder)
      File.open("#{@path}.lock", File::RDWR | File::CREAT, PRIVATE) do |lock|
        wait_for(lock)
        yield
      end
    end

    private

    # The first 60 bits of a look-up value: a small object, and enough to tell users apart.
    def number(line)
      line.byteslice(0, 15).hex
    end

    # While the handle is open, no other file can get its inode's number.
    def same_file?
      now = File.stat(@path)
      return false unless @handle

      before = @handle.stat
      now.ino == before.ino && now.dev == before.dev && now.size >= @offset
    rescue Errno::ENOENT
      @handle.nil?
    end

    def open_again
      fresh = File.exist?(@path) ? File.open(@path, "rb") : nil
      @handle&.close
      @handle = fresh
      @offset = 0
    end

    def wait_for(lock)
      deadline = Process.clock_gettime(Process::CLOCK_MONOTONIC) + LOCK_S
      until lock.flock(File::LOCK_EX | File::LOCK_NB)
        raise IOError, "another process holds #{@path}.lock" if Process.clock_gettime(Process::CLOCK_MONOTONIC) > deadline

        sleep(0.002)
      end
    end
  end
end
