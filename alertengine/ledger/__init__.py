"""The record: acts in one SQLite file, append-only, hash-chained, each with all it rests on."""
