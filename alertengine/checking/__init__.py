"""What is wrong with a list, and with a rulebook: defects, coverage, worked cases, mutation, order changes."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
