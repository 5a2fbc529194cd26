"""Reading, checking, writing and making enterprise lists."""
