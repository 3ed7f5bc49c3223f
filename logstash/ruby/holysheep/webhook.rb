# frozen_string_literal: true

require_relative "processor"

module HolySheep
  # Understands webhook bodies before they are queued: each document is handed on as soon as it is made. So the queue
  # counts documents and not bodies, a batch is as small as any other, and no raw body lies on the disk.
  class Webhook
    # Carries an error of whoever takes the documents through the processor, which would take it for a bad line's.
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

    # The same for every connection: the rules are read once, not once a connection.
    def self.shared(path, log)
      @mutex.synchronize { @shared[path] ||= new(RulesHolder.new(path, log)) }
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

    # One that nobody uses; those of old rules are forgotten.
    def worker
      rules = @rules.fresh
      known = @mutex.synchronize { @idle.pop }
      return known if known && known.rules.equal?(rules)

      outlet = Outlet.new
      Worker.new(rules, Processor.new(rules, outlet), outlet)
    end
  end
end
