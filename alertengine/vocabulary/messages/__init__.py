"""What the program says, by room."""
