"""What the tests notice: one change of the program at a time, and the tests that call what was changed."""
