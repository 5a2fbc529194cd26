"""Files in and out: one reader for every table, atomic writing, YAML, HTML, what ships with the package."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
