"""The laws and forecasts of the warning tests, used here too."""

from tests.warning.conftest import aqi_rule, book, data, days

__all__ = ["aqi_rule", "book", "data", "days"]
