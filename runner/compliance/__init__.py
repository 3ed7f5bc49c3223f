"""What auditors and data protection ask for: erasure of a person's documents."""
