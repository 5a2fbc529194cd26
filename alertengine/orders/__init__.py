"""Orders: as a table, as files, summed up per city, and the worked cases that test them."""
