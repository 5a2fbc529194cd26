"""The append-only, hash-chained record: acts in, acts out, proof that nothing changed."""
