"""Publishing a list: a version locked by its hash, its ratio proved, made public without persons, on record."""
