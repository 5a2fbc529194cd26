"""What a person reads as a file: response, season, backtest, coverage, dossier, evaluation; the archive zip."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
