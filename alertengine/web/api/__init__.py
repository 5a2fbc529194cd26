"""What other systems of the bureau read over HTTP: keys, limits, answers, and errors they can act on."""
