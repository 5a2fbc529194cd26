"""The rulebook: the law as data, read strictly."""
