"""Bytes packed and unpacked under a limit, and a clock that never runs backwards."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertengine.ledger import unpacking
from alertengine.ledger._append import behind, refuse_backwards
from alertengine.ledger.unpacking import packed, pieces, unpacked
from alertengine.vocabulary import InputError


@given(data=st.binary(max_size=400), less=st.integers(-2, 2), piece=st.integers(1, 64))
def test_what_was_packed_is_unpacked_up_to_its_limit_and_no_further(data: bytes, less: int, piece: int) -> None:
    """In pieces however small: the limit itself is allowed, a byte more is not."""
    most = max(len(data) - less, 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unpacking, "_PIECE", piece)
        if len(data) > most:
            with pytest.raises(ValueError, match=f"more than {most} bytes"):
                unpacked(packed(data), most)
            return
        assert unpacked(packed(data), most) == data
        assert all(len(one) <= piece for one in pieces(packed(data), most))


@given(data=st.binary(min_size=1, max_size=200), cut=st.integers(1, 8))
def test_what_is_cut_longer_or_none_of_ours_is_refused(data: bytes, cut: int) -> None:
    whole = packed(data)
    with pytest.raises(ValueError, match=r"too early|incomplete|truncated"):
        unpacked(whole[: len(whole) - cut], 1000)
    with pytest.raises(ValueError, match="something follows its end"):
        unpacked(whole + b"x", 1000)
    with pytest.raises(ValueError, match=r"\w"):
        unpacked(b"no zlib" + data, 1000)


@pytest.mark.parametrize(
    ("recorded", "seconds"),
    [
        ("2021-01-09T18:00:00+08:00", 0.0),
        ("2021-01-09T18:00:01+08:00", 0.0),
        ("2021-01-09T17:59:59+08:00", 1.0),
        ("2021-01-09T10:00:00+00:00", 0.0),  # the same moment elsewhere
        ("2021-01-09T09:59:30+00:00", 30.0),
    ],
)
def test_an_act_is_recorded_after_the_last_or_with_it(recorded: str, seconds: float) -> None:
    last = "2021-01-09T18:00:00+08:00"
    assert behind(recorded, last) == seconds
    if not seconds:
        refuse_backwards("record.db", recorded, last)
        return
    with pytest.raises(InputError, match=r"record\.db") as refused:
        refuse_backwards("record.db", recorded, last)
    assert [(one.code, one.value) for one in refused.value.problems] == [("clock_backwards", recorded)]
