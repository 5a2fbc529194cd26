"""What the tests notice: one small change of the program at a time, and the tests that run what was changed."""
