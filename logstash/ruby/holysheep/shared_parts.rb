# frozen_string_literal: true

module HolySheep
  # Parts of documents that are the same for many lines in a row. Documents share them, frozen: making a hash takes longer
  # than seeing that the last one still holds.
  class SharedParts
    # By the status.
    HTTP = Array.new(600) { |status| { response: { status_code: status }.freeze }.freeze }.freeze
    CHAT = { name: "chat" }.freeze

    # status: 100 to 599
    def self.http(status)
      HTTP[status]
    end

    def self.operation(name)
      name == "chat" ? CHAT : { name: name }
    end

    # name: a text
    def host(name)
      return @host if name == @host_name

      @host_name = frozen(name)
      @host = { name: @host_name }.freeze
    end

    # name: a text
    def container(name)
      return @container if name == @container_name

      @container_name = frozen(name)
      @container = { name: @container_name }.freeze
    end

    # path: of the log file, a text
    def log(path)
      return @log if path == @path

      @path = frozen(path)
      @log = { file: { path: @path }.freeze }.freeze
    end

    # name, environment: frozen texts or nil, not both nil
    def service(name, environment)
      return @service if name == @service_name && environment == @environment

      @service_name = name
      @environment = environment
      part = {}
      part[:name] = name if name
      part[:environment] = environment if environment
      @service = part.freeze
    end

    private

    # A copy, since the text is still the event's own.
    def frozen(text)
      text.frozen? ? text : text.dup.freeze
    end
  end
end
