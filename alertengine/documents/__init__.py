"""Documents of a response: an order for every enterprise, the plant's board, and the public notice."""
