"""Fuzzing of what comes in: ``python -m tests.fuzz``."""
