"""Tools on the rulebook that use the engine: checking it, testing its tests, asking it about one line."""
