"""Seals: the Merkle root of each closed day's documents, in one chain, and the search for what changed since."""
