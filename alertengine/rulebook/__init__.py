"""The law as data: read, checked, asked, shown, written back (YAML, Excel, JSON Schema)."""
