"""Law x lines: what binds each line, how large its share is, what it hangs on."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
