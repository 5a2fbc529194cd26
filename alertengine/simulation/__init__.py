"""Winters decided day by day, forecasts that err, backtests, plans that close the gap, the same on a cluster."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
