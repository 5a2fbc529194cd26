"""alertengine: a rule engine for heavy-pollution emergency response (重污染天气应急)."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("alertengine")
except PackageNotFoundError:  # run from a source tree that was never installed
    __version__ = "0+unknown"
