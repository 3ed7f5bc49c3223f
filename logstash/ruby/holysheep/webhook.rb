# frozen_string_literal: true

require_relative "processor"

module HolySheep
  # Reads webhook bodies before they are queued, and passes each document on at once. So the queue holds documents and not
  # bodies, batches stay small, and no raw body is written to disk.
  class Webhook
    # Wraps an error of the receiver, so that the processor does not treat it as the error of a bad line.
    class Refused < Exception # rubocop:disable Lint/InheritException
      attr_reader :error

      def initialize(error)
        super(error.message)
        @error = error
      end
    end

    # Where the processor puts its documents.
    class Outlet
      attr_writer :receiver

      def call(output)
        @receiver.call(output)
      rescue Exception => e # rubocop:disable Lint/RescueException
        raise Refused.new(e)
      end
    end

    Worker = Struct.new(:rules, :processor, :outlet)

    @shared = {}
    @mutex = Mutex.new

    # The same for every connection, so that they share the idle workers.
    def self.shared(path, log)
      @mutex.synchronize { @shared[path] ||= new(RulesHolder.shared(path, log)) }
    end

    # rules: RulesHolder
    def initialize(rules)
      @rules = rules
      @idle = []
      @mutex = Mutex.new
    end

    # Yields each document (Output) of a body, in order. Returns when the last one was taken. What the block raises ends
    # it: the sender is not told that all is well, and sends the body again. Safe to call from several threads.
    def each(body, arrival_ms, &receiver)
      worker = worker()
      worker.outlet.receiver = receiver
      run(worker, body, Context.new(nil, arrival_ms, true, nil, nil, nil, nil, nil, true))
    rescue Refused => e
      raise e.error
    ensure
      @mutex.synchronize { @idle.push(worker) } if worker
    end

    private

    def run(worker, body, context)
      worker.processor.call(body, context).each { |output| worker.outlet.call(output) }
    rescue StandardError, SystemStackError => e
      worker.outlet.call(Rejection.last(worker.rules, body, context.arrival_ms, e))
    end

    # An idle worker, or a new one. Workers with old rules are dropped.
    def worker
      rules = @rules.fresh
      idle = @mutex.synchronize { @idle.pop }
      return idle if idle && idle.rules.equal?(rules)

      outlet = Outlet.new
      Worker.new(rules, Processor.new(rules, outlet), outlet)
    end
  end
end
