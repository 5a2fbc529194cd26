"""A list made binding: proven, locked, published, objected to."""
