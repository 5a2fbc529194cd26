"""Explaining one order: why, why not, and what would change it."""
