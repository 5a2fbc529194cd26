"""What is wrong with a list, and with a rulebook: defects, coverage, worked cases, mutation, order changes."""
