"""Reports a person reads: offline HTML, in Chinese."""
