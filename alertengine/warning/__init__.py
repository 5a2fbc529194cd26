"""From a forecast to warnings: AQI, grade, the life of a warning."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
