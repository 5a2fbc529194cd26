"""Every word of the field and every sentence the program says, once."""
