"""Which enterprise is meant: by its id, by any name it went by, or by a part of one; and looking for it."""

from __future__ import annotations

import difflib
import json
import operator
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from alertengine.ledger import MARK, NOT_DRAFTED, Vault, in_words
from alertengine.vocabulary import MASKED, SOLE_TRADER, InputError, Words, refuse

if TYPE_CHECKING:
    from alertengine.ledger import Ledger

#: Enterprises named where none, or more than one, answers.
_SHOWN: Final = 6
_SQL: Final = f"""
SELECT DISTINCT i.text, n.text FROM
  (SELECT DISTINCT enterprise_id, enterprise, city, county FROM order_rows WHERE {NOT_DRAFTED}) o
JOIN texts i ON i.id = o.enterprise_id JOIN texts n ON n.id = o.enterprise
"""  # noqa: S608 -- our own names
_IN_PLACES: Final = """
WHERE (SELECT text FROM texts WHERE id = o.city) || '/' || (SELECT text FROM texts WHERE id = o.county)
  IN (SELECT value FROM json_each(?))
"""
#: Legal forms that a name goes with or without.
_FORM: Final = re.compile(r"(股份有限公司|有限责任公司|有限公司|总公司|公司|总厂|厂)$")


def find_enterprise(ledger: Ledger, said: str) -> str:
    """The id of the one enterprise that answers; names it went by in any act count.

    Raises:
        InputError: none or several answer, with the nearest.

    """
    text = _even(said)
    with in_words(ledger.path):
        if _has_orders(ledger, text.upper()):
            return text.upper()
        known: dict[str, set[str]] = {}
        for code, name, _ in _named_so_far(ledger):
            known.setdefault(_even(name), set()).add(code)
    for answer in (operator.eq, _short, _part):
        found = {code for name, codes in known.items() if answer(text, name) for code in codes}
        if found and found <= {*(own := codes_of(ledger, min(found))), min(found)}:
            return own[-1]
        if found:
            raise _refused(ledger, said, _named(known, found), len(found))
    open_names = [name for name, codes in known.items() if not all(code.startswith(SOLE_TRADER) for code in codes)]
    near = difflib.get_close_matches(text, open_names, _SHOWN, 0.4)
    codes = [code for codes in known.values() for code in codes]
    near += [code for code in difflib.get_close_matches(text.upper(), codes, _SHOWN, 0.8) if code not in near]
    raise _refused(ledger, said, near)


def codes_of(ledger: Ledger, code: str) -> list[str]:
    """The codes of one enterprise, the last that an act gave it last: under one name in a city, never in one act.

    A sole trader, whose name is not told, has its code alone.
    """
    own = "(SELECT id FROM texts WHERE text = ?)"
    sql = (
        "SELECT DISTINCT o.act, i.text, o.city, o.enterprise FROM order_rows o JOIN texts i ON i.id = o.enterprise_id"  # noqa: S608 -- our own names
        f" WHERE {NOT_DRAFTED} AND o.enterprise IN (SELECT enterprise FROM order_rows WHERE enterprise_id = {own})"
    )
    acts, names = defaultdict[str, set[int]](set), defaultdict[str, set[tuple[int, int]]](set)
    with in_words(ledger.path):
        for act, other, *name in ledger.db.conn.execute(sql, [code]):
            acts[str(other)].add(act)
            names[str(other)].add(tuple(name))
    like = [one for one in acts if names[one] & names[code] and not one.startswith(SOLE_TRADER)]
    alone = [one for one in like if all(acts[one].isdisjoint(acts[other]) for other in like if other != one)]
    return sorted(alone, key=lambda one: max(acts[one])) if code in alone else [code]


def search(ledger: Ledger, said: str, most: int, places: Collection[str] | None = None) -> list[tuple[str, str]]:
    """Ids and names of enterprises that some words stand in, by name, at most so many.

    ``places`` are the counties, as ``city/county``, that one of its lines must lie in; None: any.

    A sole trader's name is masked, and answers only where it is said in full.
    """
    text = _even(said)
    if not text:
        return []
    found: dict[str, str] = {}
    with in_words(ledger.path):
        for code, name, shown in _named_so_far(ledger, places):
            even, alone = _even(name), code.startswith(SOLE_TRADER)
            if text.upper() in code or (text == even if alone else text in even):
                found[code] = shown
    return sorted(found.items(), key=lambda one: (one[1], one[0]))[:most]


def _named_so_far(ledger: Ledger, places: Collection[str] | None = None) -> list[tuple[str, str, str]]:
    """Id, name and the name as it may be shown, of every enterprise under every name an act gave it."""
    sql, asked = (_SQL, []) if places is None else (_SQL + _IN_PLACES, [json.dumps(sorted(places))])
    pairs = [(str(code), str(name)) for code, name in ledger.db.conn.execute(sql, asked)]
    opened = Vault(ledger.db).opened(name for _, name in pairs)
    return [(code, opened.get(name, name), MASKED if name in opened else name) for code, name in pairs]


def _has_orders(ledger: Ledger, code: str) -> bool:
    mine = "enterprise_id = (SELECT id FROM texts WHERE text = ?)"
    sql = f"SELECT 1 FROM order_rows WHERE {mine} AND {NOT_DRAFTED} LIMIT 1"  # noqa: S608 -- our own names
    return bool(code) and ledger.db.conn.execute(sql, [code]).fetchone() is not None


def _even(text: str) -> str:
    """A name without what writers differ in: width, spaces, brackets."""
    return re.sub(r"[\s()\[\]〔〕【】]", "", unicodedata.normalize("NFKC", text))


def _short(text: str, name: str) -> bool:
    return bool(_FORM.sub("", text)) and _FORM.sub("", text) == _FORM.sub("", name)


def _part(text: str, name: str) -> bool:
    return len(text) > 1 and text in name and MARK not in name


def _named(known: dict[str, set[str]], found: set[str]) -> list[str]:
    """Those found, by code and name; a sole trader by the code alone."""
    out = []
    for code in sorted(found):
        names = [name for name, codes in known.items() if code in codes]
        out.append(code if code.startswith(SOLE_TRADER) else f"{code} {names[-1]}")
    return out


def _refused(ledger: Ledger, said: str, near: list[str], count: int = 0) -> InputError:
    more = Words("and_more", count=len(near) - _SHOWN) if len(near) > _SHOWN else ""
    such: Words | str = Words("such_as", names=near[:_SHOWN], more=more) if near else ""
    if count:
        return refuse(ledger.path, "several_answer", value=said, count=count, such=such)
    return refuse(ledger.path, "no_order_to_it", value=said, such=such)
