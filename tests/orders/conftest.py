"""The maker of orders that the tests of documents use too."""

from tests.documents.conftest import Maker, orders

__all__ = ["Maker", "orders"]
