"""Deciding: compile rules to durable-rules, match profiles, resolve, allot, account."""
