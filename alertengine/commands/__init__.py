"""One module a command: options in, one call, problems and exit status out."""
