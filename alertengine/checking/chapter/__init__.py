"""A chapter of the guide, or a city's own table, entered from its text: proposed cell by cell, decided by a person."""
