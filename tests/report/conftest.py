"""The small ledgers of the record's tests, used here too."""

from tests.ledger.conftest import _small, few_rules, make, prepared, quick, small

__all__ = ["_small", "few_rules", "make", "prepared", "quick", "small"]
