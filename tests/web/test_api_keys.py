"""Keys of other systems: never in the chain, closed for good, their first use a day recorded; and limits."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from alertengine.ledger import Ledger, verify
from alertengine.vocabulary import InputError
from alertengine.web.api.keys import KIND, PREFIX, Keys, Limit, Reach


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    Ledger.writable(tmp_path / "record.db").close()
    return Keys(tmp_path / "record.db")


def test_a_key_is_found_by_its_text_alone_and_stands_nowhere(keys: Keys) -> None:
    text = keys.make("省平台", [Reach.ORDERS, Reach.WARNINGS], "管理员 甲")
    assert text.startswith(PREFIX)
    key = keys.find(text)
    assert key is not None
    assert (key.name, key.reach, key.tail) == ("省平台", {Reach.WARNINGS, Reach.ORDERS}, text[-4:])
    assert keys.find(text[:-1]) is keys.find("") is keys.find("\ud800") is None
    assert text.encode() not in keys.path.read_bytes()
    assert verify(keys.path).sound


def test_a_closed_key_opens_nothing_again(keys: Keys) -> None:
    text = keys.make("省平台", [Reach.WARNINGS], "甲")
    [number] = keys.all()
    keys.close(number, "甲")
    assert keys.find(text) is None
    with pytest.raises(InputError, match="没有这个启用的密钥"):
        keys.close(number, "甲")
    assert keys.find(keys.make("省平台", [Reach.WARNINGS], "甲"))


@pytest.mark.parametrize(
    ("name", "reach", "said"),
    [(" ", [Reach.ORDERS], "哪个系统"), ("市平台", [], "至少选择一项"), ("省平台", [Reach.ORDERS], "已有启用")],
)
def test_a_key_needs_a_name_of_its_own_and_something_to_read(
    keys: Keys, name: str, reach: list[Reach], said: str
) -> None:
    keys.make("省平台", [Reach.WARNINGS], "甲")
    with pytest.raises(InputError, match=said):
        keys.make(name, reach, "甲")


def test_the_first_use_of_a_day_is_an_act_and_others_are_counted(keys: Keys) -> None:
    key = keys.find(keys.make("省平台", [Reach.WARNINGS], "甲"))
    assert key is not None
    for _ in range(3):
        keys.use(key, "10.0.0.1")
    assert keys.uses[key.number] == 3
    again = Keys(keys.path)  # a restart on the same day
    again.use(key, "10.0.0.1")
    with Ledger.open(keys.path) as ledger:
        used = [act.head for act in ledger.acts(KIND) if act.head["event"] == "used"]
    assert [(said["key"], said["address"]) for said in used] == [(key.number, "10.0.0.1")]
    assert again.all()[key.number].used == used[0]["day"]


def test_a_ledger_that_cannot_be_written_keeps_nobody_from_reading(
    keys: Keys, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = keys.find(keys.make("省平台", [Reach.WARNINGS], "甲"))
    assert key is not None
    monkeypatch.setattr("alertengine.web.api.keys._BUSY", 0.05)
    with Ledger.writable(keys.path) as other, caplog.at_level(logging.WARNING):
        other.db.conn.execute("BEGIN IMMEDIATE")
        keys.use(key, "")
        keys.use(key, "")
        other.db.conn.rollback()
    assert len(caplog.records) == 1
    assert keys.uses[key.number] == 2


def test_a_limit_fills_again_with_time_and_for_each_alone() -> None:
    now = [0.0]
    limit = Limit(2, lambda: now[0])
    assert [limit.take("a") for _ in range(3)] == [0, 0, 30]
    assert limit.take("b") == 0
    now[0] = 30
    assert [limit.take("a") for _ in range(2)] == [0, 30]
