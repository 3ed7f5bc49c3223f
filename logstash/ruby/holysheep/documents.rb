# frozen_string_literal: true

require_relative "address"
require_relative "aggregate"
require_relative "call"
require_relative "canary"
require_relative "document_seal"
require_relative "first_chunk"
require_relative "ids"
require_relative "named_ids"
require_relative "plain_lines"
require_relative "rejection"
require_relative "shared_parts"
require_relative "subject"

module HolySheep
  # Builds the documents of one understood record and says where each goes.
  class Documents
    MAX_PROBLEMS = 16
    TEST_MESSAGE = "test line: it arrived, and counts as no call"

    def initialize(rules, text, times, ids, disclosure)
      @text = text
      @times = times
      @ids = ids
      address = Address.new
      @call = Call.new(rules, text, address, disclosure)
      keep_text = rules.fetch("keep")["rejected"]
      @plain = PlainLines.new(text, @call.outcome, address, keep_text ? nil : Outline.new(disclosure))
      @aggregate = Aggregate.new(text)
      @seal = DocumentSeal.from_environment
      @subject = Subject.new(rules.dig("keep", "user_ids") == "hmac")
      @parts = SharedParts.new
    end

    # Outputs of a record that is a model call (or, for error_event, tells of a failed one). `text` is what its id is
    # hashed from when it has none of its own.
    def of_call(extract, shape, name, text, context)
      slots = extract.slots
      problems = []
      moment, id, document = start(slots, shape, name, text, context, problems)
      slots[Slots::STATUS] ||= "error" if shape.name == "error_event"
      error_text = @call.write(document, slots, NamedIds.extras(extract), moment, problems, shape.keep)
      FirstChunk.write(document, slots, moment, @times)
      if shape.name == "error_event"
        return finished([error_event(document, slots, moment, id, problems, error_text)], slots, name, nil)
      end

      note(document, problems)
      step = audit_output(document, slots, moment, id) if shape.name == "agent"
      finished(outputs(document, step, moment, id, error_text), slots, name, step)
    end

    # The step of an agent that is no model call: its document without a cost, in `audit` alone.
    def of_step(extract, shape, name, text, context)
      slots = extract.slots
      problems = []
      moment, id, document = start(slots, shape, name, text, context, problems)
      @call.write(document, slots, NamedIds.extras(extract), moment, problems, shape.keep)
      holysheep = document[:holysheep]
      %i[cost price model usage].each { |part| holysheep.delete(part) }
      document[:gen_ai].delete(:usage)
      document[:gen_ai].delete(:operation) if slots[Slots::OPERATION].nil?
      document.delete(:gen_ai) if document[:gen_ai].empty?
      # Without tokens a call's outcome is unknown; a step has none, and says when it failed.
      document[:event][:outcome] = "success" if document[:event][:outcome] == "unknown"
      note(document, problems)
      step = audit_output(document, slots, moment, id)
      finished([step], slots, name, step)
    end

    # A row that stands for many calls.
    def of_usage(extract, shape, name, text, context)
      slots = extract.slots
      problems = []
      moment, id, document = start(slots, shape, name, text, context, problems)
      @aggregate.write(document, slots, problems)
      note(document, problems)
      finished([Output.new(@ids.index("usage", moment.day), id, document, moment.ms)], slots, name, nil)
    end

    # A synthetic line of the service canary. Its own index keeps it out of every sum and count.
    def of_canary(extract, shape, name, text, context)
      problems = []
      moment, id, document = start(extract.slots, shape, name, text, context, problems)
      document[:holysheep][:canary] = Canary.part(extract.slots, @text)
      note(document, problems)
      [Output.new(@ids.index("canary", moment.day), id, document, moment.ms)]
    end

    # A line by which a person tries the way to Elasticsearch. It is no call, and no canary: the age of those says whether the
    # pipeline lives. event.id is the id that the person was told.
    def of_test(extract, shape, name, text, context)
      problems = []
      moment, id, document = start(extract.slots, shape, name, text, context, problems)
      document[:message] = TEST_MESSAGE
      note(document, problems)
      [Output.new(@ids.index("system", moment.day), id, document, moment.ms)]
    end

    # The document that counts ignored records: those of a line or body that are no model calls and are not stored.
    def of_ignored(ignored, all, name, text, context)
      moment = @times.at(context.arrival_ms)
      id = @ids.digest(name, text, nil)
      document = base(moment, id, name, context)
      document[:holysheep][:ignored_records] = ignored
      document[:message] = "#{ignored} of #{all} records are no model calls and were ignored"
      Output.new(@ids.index("system", moment.day), id, document, moment.ms)
    end

    def of_access(slots, name, text, context)
      outputs = of_plain("access", slots, name, text, context) { |document, problems| @plain.access(document, slots, problems) }
      @subject.hashed? ? @subject.replace(outputs, slots[Slots::AUTH_USER], name, :name) : outputs
    end

    def of_system(slots, name, text, context)
      of_plain("system", slots, name, text, context) { |document, _| @plain.system(document, slots) }
    end

    private

    # [moment, _id, base document] of a record.
    def start(slots, shape, name, text, context, problems)
      moment = moment_of(slots[Slots::TIME], context, problems)
      slots[Slots::END_TIME] = @times.parse(slots[Slots::END_TIME]) unless slots[Slots::END_TIME].nil?
      time = slots[Slots::TIME] && !shape.timeless ? moment.ms : nil
      # A timeless record is told by its content alone: an export that is made again has it at another place.
      event_id, id = (slots[Slots::IDEMPOTENCY_KEY] && ids_of_key(slots, name)) ||
                     @ids.of(name, shape.own_id ? slots[Slots::ID] : nil, text, time, shape.timeless ? nil : context)
      [moment, id, base(moment, event_id, name, context)]
    end

    # nil where the key is none.
    def ids_of_key(slots, name)
      key = NamedIds.text(slots[Slots::IDEMPOTENCY_KEY])
      key && @ids.of_key(name, slots[Slots::ID], key, @call.failed?(slots))
    end

    def of_plain(kind, slots, name, text, context)
      problems = []
      moment = moment_of(slots[Slots::TIME], context, problems)
      event_id, id = @ids.of(name, nil, text, slots[Slots::TIME] && moment.ms, context)
      document = base(moment, event_id, name, context)
      yield document, problems
      note(document, problems)
      [Output.new(@ids.index(kind, moment.day), id, document, moment.ms)]
    end

    # The documents of a call: in `api`, for an agent also in `audit` (its step), for a failed call also in `errors`.
    def outputs(document, step, moment, id, error_text)
      outputs = [Output.new(@ids.index("api", moment.day), id, document, moment.ms)]
      outputs << step if step
      return outputs if error_text.nil?

      category, suggestion = category_of(document, error_text)
      part = { category: category, suggestion: suggestion, classifier: "rules" }
      outputs << Output.new(@ids.index("errors", moment.day), id, extended(document, :error, part), moment.ms)
    end

    # A copy of the document for `audit`.
    def audit_output(document, slots, moment, id)
      step = extended(document, :audit, audit(slots))
      Output.new(@ids.index("audit", moment.day), id, step, moment.ms)
    end

    # The outputs without the user's id, if the card says so. Then nobody changes them any more, so the step gets its HMAC.
    def finished(outputs, slots, name, step)
      @subject.replace(outputs, slots[Slots::USER], name) if @subject.hashed?
      return outputs unless step

      # A copy: the call's document in `api` may have the same part, and has no HMAC.
      step.document[:holysheep] = step.document[:holysheep].dup
      @seal.write(step.id, step.document)
      outputs
    end

    def extended(document, key, part)
      part.empty? ? document.dup : document.merge(holysheep: document[:holysheep].merge(key => part))
    end

    def note(document, problems)
      document[:holysheep][:problems] = texts_of(problems) unless problems.empty?
    end

    def texts_of(problems)
      problems.first(MAX_PROBLEMS).map { |problem| @text.keep(problem) }
    end

    def audit(slots)
      part = {}
      step = @text.keep(slots[Slots::STEP])
      request = @text.keep_any(slots[Slots::REQUEST_PAYLOAD], Call::PAYLOAD_LIMIT)
      response = @text.keep_any(slots[Slots::RESPONSE_PAYLOAD], Call::PAYLOAD_LIMIT)
      part[:step] = step if step
      part[:request_payload] = request if request
      part[:response_payload] = response if response
      part
    end

    # An error that a classifier has judged; the failed call itself is logged by the client that made it.
    def error_event(document, slots, moment, id, problems, error_text)
      holysheep = document[:holysheep]
      holysheep.delete(:cost)
      holysheep.delete(:price)
      holysheep[:error] = classification(document, slots, problems, error_text.to_s)
      note(document, problems)
      Output.new(@ids.index("errors", moment.day), id, document, moment.ms)
    end

    def classification(document, slots, problems, error_text)
      category_in_log = @text.keep_up_to(slots[Slots::CATEGORY], 128)
      category, suggestion = category_in_log ? @call.outcome.named_category(category_in_log) : category_of(document, error_text)
      part = { category: category, suggestion: @text.keep_up_to(slots[Slots::SUGGESTION], 1000) || suggestion }
      part[:classifier] = category_in_log ? @text.keep_up_to(slots[Slots::CLASSIFIER], 128) || "unknown" : "rules"
      confidence = Numbers.amount(slots[Slots::CONFIDENCE], 1)
      problems << "confidence: not between 0 and 1" if confidence.equal?(Numbers::INVALID)
      part[:confidence] = confidence if confidence.is_a?(Numeric)
      part
    end

    def category_of(document, error_text)
      http = document.dig(:http, :response, :status_code)
      @call.outcome.category(document.dig(:error, :type), error_text, http)
    end

    def moment_of(value, context, problems)
      if value.nil?
        problems << "timestamp: missing, arrival is used"
        return @times.at(context.arrival_ms)
      end
      moment = value.is_a?(Times::Moment) ? value : @times.parse(value)
      raise Rejection::Reject.new("timestamp_invalid", "no timestamp: #{Numbers.shown(value)}") unless moment
      return moment if Times.plausible?(moment, context.arrival_ms)

      raise Rejection::Reject.new("timestamp_out_of_range", "before 2015 or more than a day ahead: #{moment.text}")
    end

    def base(moment, event_id, name, context)
      event = { id: event_id }
      event[:created] = @times.second(context.arrival_ms) if context.stamped
      document = { :@timestamp => moment.text, event: event, holysheep: { source: name } }
      document[:host] = @parts.host(context.host) if context.host
      document[:log] = @parts.log(context.path) if context.path
      document[:container] = @parts.container(context.container) if context.container
      document
    end
  end
end
