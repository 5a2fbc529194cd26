"""The commands, one module each: a few lines that call the rooms."""
