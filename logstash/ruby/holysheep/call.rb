# frozen_string_literal: true

require_relative "call_addresses"
require_relative "call_error"
require_relative "call_model"
require_relative "call_terms"
require_relative "context_window"
require_relative "metadata"
require_relative "named_ids"
require_relative "numbers"
require_relative "outcome"
require_relative "pricing"
require_relative "shared_parts"
require_relative "text"
require_relative "uncharged"
require_relative "unknown_counts"
require_relative "usage"

module HolySheep
  # One model call, from slots to the document that all sources share.
  class Call
    OPERATIONS = {
      "chat_completion" => "chat", "chat_completions" => "chat", "chat.completion" => "chat", "completion" => "chat",
      "chat.completions" => "chat", "acompletion" => "chat", "responses" => "chat", "aresponses" => "chat", "chat" => "chat",
      "anthropic_messages" => "chat", "text_completion" => "text_completion", "atext_completion" => "text_completion",
      "embedding" => "embeddings", "embeddings" => "embeddings", "aembedding" => "embeddings",
      "generate_content" => "generate_content", "image_generation" => "image_generation"
    }.freeze
    PAYLOAD_LIMIT = 32_768

    def initialize(rules, text, address, disclosure)
      @text = text
      @address = address
      @addresses = CallAddresses.new(text)
      @terms = CallTerms.new(text)
      @pricing = Pricing.new(rules)
      @outcome = Outcome.new(rules)
      @metadata = Metadata.new(text, disclosure)
      @errors = CallError.new(text, disclosure, @outcome)
      @keep = rules.fetch("keep")
      @unknown_counts = UnknownCounts.new(rules.fetch("unknown_counts"))
      @parts = SharedParts.new
      @model = CallModel.new(text, @pricing.card)
    end

    attr_reader :outcome

    # Whether `write` will find that the call failed.
    def failed?(slots)
      verdict(slots)[2] == "failure"
    end

    # Writes into `document`, the base document (see Documents); returns the error text or nil. allowed: paths without a
    # field that the source lets through.
    def write(document, slots, extras, moment, problems, allowed)
      holysheep = document[:holysheep]
      usage = Usage.new(slots, problems)
      message, code, outcome, http = verdict(slots)
      outcome ||= outcome_of_counts(usage, slots[Slots::STATUS], problems)
      failed = outcome == "failure"

      match, request = @model.of(slots, problems)
      document[:gen_ai] = gen_ai(slots, usage, match, request, holysheep)
      holysheep[:time_bucket] = moment.minute
      holysheep[:usage] = { total_tokens: usage.total } if usage.total_only? && usage.total
      (holysheep[:usage] ||= {})[:cache_write_1h_tokens] = usage.cache_write_1h if usage.cache_write_1h
      used = usage.details&.part
      holysheep[:usage] = { **(holysheep[:usage] || {}), **used } if used && !used.empty?
      latency(slots, holysheep, moment, problems)
      tier = @terms.service_tier(slots)
      holysheep[:service_tier] = tier if tier
      region = @terms.region(slots)
      document[:cloud] = { region: region } if region
      @pricing.write(holysheep, match, usage, moment, failed, !cached_answer?(slots[Slots::CACHE_HIT]), tier, region,
                     @terms.reported(slots, problems), !request.nil?)
      ContextWindow.write(holysheep, match, usage)
      Uncharged.note(usage.details, match, moment, problems) if usage.details && !failed
      document[:event][:outcome] = outcome
      document[:http] = SharedParts.http(http) if http
      people(slots, document, problems)
      details(slots, holysheep, document[:gen_ai], problems)
      text = failed ? @errors.write(slots, document, message, code, http) : nil
      extra(slots, extras, holysheep, problems, allowed)
      text
    end

    private

    # [error message, code, outcome, HTTP status]; nil for what the line does not tell.
    def verdict(slots)
      message, code, http_of_error = @errors.read(slots)
      outcome, http = @outcome.judge(slots[Slots::STATUS], slots[Slots::STATUS_CODE] || http_of_error, message || code)
      [message, code, outcome, http]
    end

    # What nothing else tells: with tokens it was answered.
    def outcome_of_counts(usage, status, problems)
      problems << "status: not known as success or failure (#{Numbers.shown(status)})" if status.is_a?(String)
      usage.none? && !usage.details&.charges? ? "unknown" : "success"
    end

    def cached_answer?(value)
      !value.nil? && value.to_s.casecmp?("true")
    end

    def gen_ai(slots, usage, match, request, holysheep)
      family, provider = @model.family_and_provider(match, request)
      holysheep[:model] = family
      provider ||= provider_of(slots)
      gen_ai = { operation: SharedParts.operation(operation(slots)) }
      gen_ai[:provider] = provider if provider
      gen_ai[:request] = request if request
      response = slots[Slots::RESPONSE_MODEL]
      gen_ai[:response] = { model: @text.keep(response) } if response.is_a?(String) && response != "" && slots[Slots::MODEL]
      counts = usage_part(usage)
      gen_ai[:usage] = counts unless counts.empty?
      gen_ai
    end

    def provider_of(slots)
      name = @text.keep_up_to(slots[Slots::PROVIDER], 64)
      name && { name: name }
    end

    def usage_part(usage)
      part = {}
      part[:input_tokens] = usage.input if usage.input
      part[:output_tokens] = usage.output if usage.output
      part[:cache_read] = { input_tokens: usage.cache_read } if usage.cache_read
      part[:cache_creation] = { input_tokens: usage.cache_write } if usage.cache_write
      part[:reasoning] = { output_tokens: usage.reasoning } if usage.reasoning
      part
    end

    def operation(slots)
      name = slots[Slots::OPERATION]
      return OPERATIONS[name] || @text.keep_up_to(name, 64) || "chat" if name.is_a?(String)

      @addresses.of(slots[Slots::URL]).operation
    end

    def latency(slots, holysheep, moment, problems)
      value = milliseconds(slots, moment)
      return if value.nil?

      if value.equal?(Numbers::INVALID)
        problems << "latency: not a duration (#{Numbers.shown(slots[Slots::LATENCY_MS] || slots[Slots::LATENCY_S])})"
        return
      end
      holysheep[:latency] = { ms: value, class: @outcome.latency_class(value) }
    end

    def milliseconds(slots, moment)
      value = slots[Slots::LATENCY_MS]
      return Numbers.amount(value, Numbers::MAX_MS) unless value.nil?

      seconds = Numbers.amount(slots[Slots::LATENCY_S], Numbers::MAX_MS / 1000)
      return seconds.equal?(Numbers::INVALID) ? seconds : (seconds * 1000).round(3) unless seconds.nil?

      ended = slots[Slots::END_TIME]
      ended && ended.ms >= moment.ms ? ended.ms - moment.ms : nil
    end

    def people(slots, document, problems)
      slots[Slots::USER] = NamedIds.of_object(slots[Slots::USER], problems) if slots[Slots::USER].is_a?(Hash)
      slots[Slots::TEAM] = NamedIds.of_object(slots[Slots::TEAM], problems) if slots[Slots::TEAM].is_a?(Hash)
      put(document, :user, :id, slots[Slots::USER])
      put(document, :labels, :team, slots[Slots::TEAM])
      api_key = @text.keep(slots[Slots::API_KEY])
      (document[:labels] ||= {})[:api_key] = api_key if api_key
      put(document, :trace, :id, NamedIds.trace(slots))
      url = @addresses.of(slots[Slots::URL]).part
      document[:url] = url if url
      service(slots, document)
      ip = slots[Slots::CLIENT_IP]
      # Azure writes three stars for the last octet.
      return if ip.nil? || (ip.is_a?(String) && ip.end_with?(".***"))

      address = @address.of(ip)
      address ? document[:client] = { ip: address } : problems << "client.ip: no IP address"
    end

    def service(slots, document)
      name = @text.keep(slots[Slots::SERVICE])
      environment = @text.keep(slots[Slots::ENVIRONMENT])
      document[:service] = @parts.service(name, environment) if name || environment
    end

    def put(document, outer, inner, value)
      text = @text.keep(value)
      document[outer] = { inner => text } if text
    end

    def details(slots, holysheep, gen_ai, problems)
      put(gen_ai, :conversation, :id, slots[Slots::SESSION])
      put(gen_ai, :agent, :id, slots[Slots::AGENT])
      settings(slots, gen_ai)
      answer(slots, gen_ai)
      retries = Numbers.count(slots[Slots::RETRIES])
      retries.equal?(Numbers::INVALID) ? problems << "retries: not a count" : holysheep[:retry_count] = [retries, 2**31 - 1].min if retries
      texts(slots, gen_ai) if @keep["prompts"] || @keep["completions"]
    end

    # What the request asked for beside its model.
    def settings(slots, gen_ai)
      stream = slots[Slots::STREAM]
      return if stream.nil? && slots[Slots::MAX_TOKENS].nil? && slots[Slots::TEMPERATURE].nil?

      request = { **gen_ai[:request] || {} }
      request[:stream] = stream if stream == true || stream == false
      tokens = Numbers.count(slots[Slots::MAX_TOKENS])
      request[:max_tokens] = tokens if tokens.is_a?(Integer)
      temperature = Numbers.float(slots[Slots::TEMPERATURE])
      request[:temperature] = temperature if temperature && temperature.abs <= 1000
      gen_ai[:request] = request unless request.empty?
    end

    def answer(slots, gen_ai)
      id = @text.keep(slots[Slots::RESPONSE_ID])
      (gen_ai[:response] ||= {})[:id] = id if id
      return if slots[Slots::FINISH_REASONS].nil?

      reasons = finish_reasons(slots[Slots::FINISH_REASONS])
      (gen_ai[:response] ||= {})[:finish_reasons] = reasons unless reasons.empty?
    end

    def finish_reasons(value)
      Array(value).grep(String).first(16).filter_map { |reason| @text.keep_up_to(reason, 64) }
    end

    def texts(slots, gen_ai)
      prompt = @keep["prompts"] && @text.keep_any(slots[Slots::PROMPT], PAYLOAD_LIMIT)
      completion = @keep["completions"] && @text.keep_any(slots[Slots::COMPLETION] || slots[Slots::ANSWER_ITEMS], PAYLOAD_LIMIT)
      gen_ai[:input] = { messages: prompt } if prompt
      gen_ai[:output] = { messages: completion } if completion
    end

    def extra(slots, extras, holysheep, problems, allowed)
      metadata = slots[Slots::METADATA]
      return if extras.empty? && (metadata.nil? || (metadata.is_a?(Hash) && metadata.empty?))

      @unknown_counts.note(extras, problems)
      flat, left_out = @metadata.flatten(metadata, extras, allowed)
      holysheep[:metadata] = flat if flat
      problems << "metadata: #{left_out} more entries left out" if left_out.positive?
    end
  end
end
