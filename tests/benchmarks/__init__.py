"""Benchmarks: not tests.  ``python -m tests.benchmarks`` measures and prints one table; nothing here is collected."""
