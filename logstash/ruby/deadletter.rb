# frozen_string_literal: true

# The script of the dead letter pipeline's ruby filter (`path`): turns an event that Elasticsearch refused into a document
# that Elasticsearch takes. holysheep/deadletter.rb builds the document.

require_relative "holysheep/deadletter"

# script_params: `index_prefix`, and `keep_rejected`, whether the whole refused document is kept.
def register(params)
  @letters = HolySheep::Deadletter.new(params.fetch("index_prefix"), whole: params["keep_rejected"].to_s == "true")
end

def filter(event)
  metadata = event.get("@metadata")
  output = @letters.call(event.to_hash, metadata.is_a?(Hash) ? metadata : {})
  document = output.document
  document["@metadata"] = { "index" => output.index, "id" => output.id }
  fresh = LogStash::Event.new(document)
  fresh.remove("@version")
  [fresh]
end
