"""Files in and out: one reader for every table, atomic writing, YAML, HTML, what ships with the package."""
