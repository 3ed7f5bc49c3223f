"""All prices of genai-prices as one file beside the hand-kept card: read, merged where one model is meant, written."""
