"""A season run before it comes: days, warnings, orders, what they save and what they cost, in variants."""
