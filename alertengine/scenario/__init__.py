"""Scenarios: what a run reads, and the runs themselves."""
