"""Enterprise lists: from a file or a DataFrame to typed lines, versions, differences, synthetic lists."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
