"""Law x lines: what binds each line, how large its share is, what it hangs on."""
