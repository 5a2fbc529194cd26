"""What tells a production line, an enterprise and an order from another one, in every table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pandas as pd

#: What tells a production line in lists, orders and acts: two cities may give one code, or id of a line, to two plants.
LINE_KEY: Final = ["city", "enterprise_id", "line_id"]
#: What tells an enterprise, and a pair of these.
PLANT_KEY: Final = LINE_KEY[:2]
PlantId = tuple[str, str]


def count_plants(table: pd.DataFrame) -> int:
    """How many enterprises lines or orders name; one code in two cities is two."""
    return len(table[PLANT_KEY].drop_duplicates())


#: What tells an order: acts for a list alone, of two cities with a plant of one code, number theirs alike.
ORDER_KEY: Final = ["city", "order_id"]
