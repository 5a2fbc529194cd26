"""Whom an act was served on, and who is still to be served."""
