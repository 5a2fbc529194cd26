"""Which enterprise is meant: by its id, by any name it went by, or by a part of one; and looking for it."""

from __future__ import annotations

import difflib
import json
import operator
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Final

from alertengine.ledger import MARK, NOT_DRAFTED, Vault, in_words
from alertengine.vocabulary import MASKED, SOLE_TRADER, InputError, PlantId, Words, refuse

if TYPE_CHECKING:
    from alertengine.ledger import Ledger

#: Enterprises named where none, or more than one, answers.
_SHOWN: Final = 6
_SQL: Final = f"""
SELECT DISTINCT c.text, i.text, n.text FROM
  (SELECT DISTINCT enterprise_id, enterprise, city, county FROM order_rows WHERE {NOT_DRAFTED}{{own}}) o
JOIN texts i ON i.id = o.enterprise_id JOIN texts n ON n.id = o.enterprise JOIN texts c ON c.id = o.city
"""  # noqa: S608 -- our own names
_IN_PLACES: Final = """
WHERE (SELECT text FROM texts WHERE id = o.city) || '/' || (SELECT text FROM texts WHERE id = o.county)
  IN (SELECT value FROM json_each(?))
"""
#: Legal forms that a name goes with or without.
_FORM: Final = re.compile(r"(股份有限公司|有限责任公司|有限公司|总公司|公司|总厂|厂)$")


def find_enterprise(ledger: Ledger, said: str, places: Collection[str] | None = None) -> PlantId:
    """City and code of the one enterprise that answers; names it went by in any act count.

    Args:
        ledger: the record.
        said: a code, a name or a part of one; before it may stand a city (太原市/…), as one code may be of two.
        places: the counties, as ``city/county``, that one of its lines must lie in; None: any.

    Raises:
        InputError: none or several answer, with the nearest.

    """
    text = _even(said)
    city, _, rest = text.partition("/")
    with in_words(ledger.path):
        coded = {plant for plant, *_ in _named_so_far(ledger, places, text.upper())}
        coded |= {plant for plant, *_ in _named_so_far(ledger, places, rest.upper()) if rest and plant[0] == city}
        if len(coded) == 1:
            return coded.pop()
        named = _named_so_far(ledger, places)
    if rest and any(plant[0] == city for plant, *_ in named):
        text, named = rest, [one for one in named if one[0][0] == city]
    known: dict[str, set[PlantId]] = {}
    for plant, name, _ in named:
        known.setdefault(_even(name), set()).add(plant)
    answers = (operator.eq, _short, _part)
    for found in (coded, *({one for name in known if answer(text, name) for one in known[name]} for answer in answers)):
        if found:
            first = min(found)
            own = [(first[0], code) for code in codes_of(ledger, first)]
            if found <= {*own, first}:
                return own[-1]
            raise _refused(ledger, said, _named(known, found), len(found))
    open_names = [name for name, plants in known.items() if not all(_alone(plant) for plant in plants)]
    near = difflib.get_close_matches(text, open_names, _SHOWN, 0.4)
    codes = dict.fromkeys(code for plants in known.values() for _, code in plants)
    near += [code for code in difflib.get_close_matches(text.upper(), codes, _SHOWN, 0.8) if code not in near]
    raise _refused(ledger, said, near)


def codes_of(ledger: Ledger, plant: PlantId) -> list[str]:
    """The codes of one enterprise, the last that an act gave it last: under one name in its city, never in one act.

    A sole trader, whose name is not told, has its code alone.
    """
    city, code = plant
    here = "city = (SELECT id FROM texts WHERE text = ?)"
    own = f"SELECT enterprise FROM order_rows WHERE enterprise_id = (SELECT id FROM texts WHERE text = ?) AND {here}"  # noqa: S608 -- our own names
    sql = (
        "SELECT DISTINCT o.act, i.text, o.enterprise FROM order_rows o JOIN texts i ON i.id = o.enterprise_id"  # noqa: S608 -- our own names
        f" WHERE {NOT_DRAFTED} AND o.{here} AND o.enterprise IN ({own})"
    )
    acts, names = defaultdict[str, set[int]](set), defaultdict[str, set[int]](set)
    with in_words(ledger.path):
        for act, other, name in ledger.db.conn.execute(sql, [city, code, city]):
            acts[str(other)].add(act)
            names[str(other)].add(name)
    like = [one for one in acts if names[one] & names[code] and not one.startswith(SOLE_TRADER)]
    alone = [one for one in like if all(acts[one].isdisjoint(acts[other]) for other in like if other != one)]
    return sorted(alone, key=lambda one: max(acts[one])) if code in alone else [code]


def asked_as(ledger: Ledger, plant: PlantId, places: Collection[str] | None) -> str:
    """The id of an enterprise as it can be asked for: its city before it where plants of several cities have it.

    ``places`` are the counties, as ``city/county``, that one of its lines must lie in; None: any.
    """
    with in_words(ledger.path):
        return told_apart([plant, *(one for one, *_ in _named_so_far(ledger, places, plant[1]))])[plant]


def told_apart(plants: Iterable[PlantId]) -> dict[PlantId, str]:
    """The id of each of some enterprises, its city before it where those of several cities have it (太原市/…)."""
    each = set(plants)
    cities = Counter(code for _, code in each)
    return {plant: "/".join(plant) if cities[plant[1]] > 1 else plant[1] for plant in each}


def search(ledger: Ledger, said: str, most: int, places: Collection[str] | None = None) -> list[tuple[str, str]]:
    """Ids and names of enterprises that some words stand in, by name, at most so many; an id as it can be asked for.

    Before the words may stand a city (太原市/…).  ``places`` are the counties, as ``city/county``, that one of its
    lines must lie in; None: any.

    A sole trader's name is masked, and answers only where it is said in full.
    """
    text = _even(said)
    if not text:
        return []
    found: dict[PlantId, str] = {}
    with in_words(ledger.path):
        named = _named_so_far(ledger, places)
    city, _, rest = text.partition("/")
    here = [one for one in named if rest and one[0][0] == city]
    text = rest if here else text
    for plant, name, shown in here or named:
        even = _even(name)
        if text.upper() in plant[1] or (text == even if _alone(plant) else text in even):
            found[plant] = shown
    ids = told_apart(plant for plant, *_ in named)
    return sorted(((ids[plant], name) for plant, name in found.items()), key=lambda one: (one[1], one[0]))[:most]


def _named_so_far(
    ledger: Ledger, places: Collection[str] | None, code: str | None = None
) -> list[tuple[PlantId, str, str]]:
    """City and code, name and the name as it may be shown, of every enterprise, or of a code, under every name."""
    own = "" if code is None else " AND enterprise_id = (SELECT id FROM texts WHERE text = ?)"
    sql, asked = _SQL.format(own=own), [] if code is None else [code]
    if places is not None:
        sql, asked = sql + _IN_PLACES, [*asked, json.dumps(sorted(places))]
    rows = [tuple(map(str, row)) for row in ledger.db.conn.execute(sql, asked)]
    opened = Vault(ledger.db).opened(name for *_, name in rows)
    return [((city, code), opened.get(name, name), MASKED if name in opened else name) for city, code, name in rows]


def _alone(plant: PlantId) -> bool:
    """Whether it is a sole trader's."""
    return plant[1].startswith(SOLE_TRADER)


def _even(text: str) -> str:
    """A name without what writers differ in: width, spaces, brackets."""
    return re.sub(r"[\s()\[\]〔〕【】]", "", unicodedata.normalize("NFKC", text))


def _short(text: str, name: str) -> bool:
    return bool(_FORM.sub("", text)) and _FORM.sub("", text) == _FORM.sub("", name)


def _part(text: str, name: str) -> bool:
    return len(text) > 1 and text in name and MARK not in name


def _named(known: dict[str, set[PlantId]], found: set[PlantId]) -> list[str]:
    """Those found, by code and name; a sole trader by the code alone; before a code of two cities its city."""
    ids, out = told_apart(found), []
    for plant in sorted(found):
        names = [name for name, plants in known.items() if plant in plants]
        out.append(ids[plant] if _alone(plant) else f"{ids[plant]} {names[-1]}")
    return out


def _refused(ledger: Ledger, said: str, near: list[str], count: int = 0) -> InputError:
    more = Words("and_more", count=len(near) - _SHOWN) if len(near) > _SHOWN else ""
    such: Words | str = Words("such_as", names=near[:_SHOWN], more=more) if near else ""
    if count:
        return refuse(ledger.path, "several_answer", value=said, count=count, such=such)
    return refuse(ledger.path, "no_order_to_it", value=said, such=such)
