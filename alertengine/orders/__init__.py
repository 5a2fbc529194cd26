"""The one way to decide: orders as a table with texts, summaries, overrides, explanations, and what holds now."""
