"""The one way to decide: orders as a table with texts, summaries, overrides, explanations, and what holds now."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
