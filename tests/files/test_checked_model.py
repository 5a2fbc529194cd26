"""What a pydantic model does not take of a file is told with the keys that it does."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ConfigDict, Field

from alertengine.files import checked_model
from alertengine.vocabulary import InputError


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")
    day: int = 0


class _Whole(BaseModel):
    model_config = ConfigDict(extra="forbid")
    list_file: str = Field(default="", alias="list")
    part: _Part = _Part()
    file: str = ""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"liste": "a.csv"}, ["a.yaml, liste: unknown key; expected one of list, part"]),
        ({"part": {"days": 1}}, ["a.yaml, part.days: unknown key; expected one of day"]),
        ({"list": "a.csv", "part": {"day": 1}}, []),
    ],
)
def test_an_unknown_key_is_told_with_those_that_can_stand_there(content: object, said: list[str]) -> None:
    if not said:
        checked_model(_Whole, content, "a.yaml")
        return
    with pytest.raises(InputError) as caught:
        checked_model(_Whole, content, "a.yaml")
    assert [str(one) for one in caught.value.problems] == said
