"""Checking an enterprise list: every defect, by row, and what hangs on it."""
