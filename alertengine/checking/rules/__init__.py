"""What is wrong with a rulebook, and what a change of it changes."""
