"""The reading room: values, tables, limits."""
