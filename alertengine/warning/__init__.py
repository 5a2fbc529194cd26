"""Warnings: the air quality index, forecast files, grading, the life of a warning."""
