"""The maker of small rulebooks that the checks of rules use too."""

from tests.checking.rules.conftest import law

__all__ = ["law"]
