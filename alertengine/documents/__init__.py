"""Word orders, boards, the evening pack, the public notice."""
