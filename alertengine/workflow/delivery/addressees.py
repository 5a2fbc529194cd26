"""Whom a receipt speaks of: the addressees of an order by code and by every name the register of plants has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from alertengine.files import Findings
from alertengine.lists import NEARLY, Register, read_register, register_of
from alertengine.rulebook import nearest
from alertengine.vocabulary import InputError, Words, name_or_code, plain_name
from alertengine.workflow.act_opened import unpacked
from alertengine.workflow.recompute import list_file
from alertengine.workflow.run_options import RunOptions

if TYPE_CHECKING:
    import pandas as pd

    from alertengine.ledger import Act, Ledger

#: Messages that ask who is meant: the row is left out; any other one refuses the file.
QUESTIONS: Final = ("receipt_perhaps", "receipt_of_several")


@dataclass(frozen=True, slots=True)
class FoundAddressee:
    """Who was found: ``code``, "" where nobody is for certain; ``said`` is the code of a message, "" for none."""

    code: str = ""
    said: str = ""
    column: str = "enterprise"
    arguments: Mapping[str, Any] | None = None


class Addressees:
    """Who an order went to."""

    def __init__(self, table: pd.DataFrame, register: Register) -> None:
        """``table``: ``city``, ``county``, ``enterprise_id``, ``enterprise``, ``line_id``, one row a line."""
        self.register = register
        self.firms = {
            str(row["enterprise_id"]): row for row in table.drop_duplicates("enterprise_id").to_dict("records")
        }
        self._named: dict[str, list[str]] = {}
        self._spelt: dict[str, str] = {}
        for code, row in self.firms.items():
            plain = plain_name(str(row["enterprise"]))
            self._named.setdefault(register.own_name(plain), []).append(code)
            self._spelt[plain] = str(row["enterprise"])
        own = {name: self._spelt_as(codes[0]) for name, codes in self._named.items()}
        for name, found in register.named.items():  # former names are spellings of whom they belong to
            if len(found) == 1 and (spelt := own.get(plain_name(found[0]))):
                self._spelt.setdefault(name, spelt)

    def who(self, code: str, name: str) -> FoundAddressee:
        """Of whom a receipt speaks by what it says of code and name, of which it may leave one blank."""
        code, plain = name_or_code(code), plain_name(name)
        if not code and not plain:
            return FoundAddressee("", "receipt_of_nobody", "enterprise_id")
        if not code:
            return self._by_name(plain)
        known = code if code in self.firms else self._registered(code)
        if not known:
            return self._by_other_code(code, plain)
        own = plain_name(str(self.firms[known]["enterprise"]))
        if not plain or self.register.own_name(plain) == self.register.own_name(own):
            return FoundAddressee(known) if known == code else self._known_as(known, "enterprise_id")
        if plain not in self._spelt and nearest(plain, {own: own}, least=NEARLY):
            return FoundAddressee("", "receipt_perhaps", arguments={"near": [self._spelt_as(known)]})
        said = {"code_said": code, "own": self._spelt_as(known)}
        return FoundAddressee("", "code_and_name_differ", arguments=said)

    def _by_name(self, plain: str) -> FoundAddressee:
        registered = self.register.named.get(plain, ())
        found = self._named.get(self.register.own_name(plain), [])
        if not found and len(registered) > 1:  # the former name of several: whoever of them the order names
            found = [code for name in registered for code in self._named.get(plain_name(name), ())]
            if found:
                near = [f"{self._spelt_as(code)}（{code}）" for code in found]
                return FoundAddressee("", "receipt_of_several", arguments={"names": near})
        if len(found) > 1:
            return FoundAddressee("", "receipt_of_several", arguments={"names": found})
        if found:
            plainly = plain_name(str(self.firms[found[0]]["enterprise"])) == plain
            return FoundAddressee(found[0]) if plainly else self._known_as(found[0], "enterprise")
        if near_names := nearest(plain, self._spelt, least=NEARLY):
            return FoundAddressee("", "receipt_perhaps", arguments={"near": list(near_names)})
        near_names = nearest(plain, self._spelt)
        return FoundAddressee(
            "", "enterprise_not_in_order", arguments={"names": near_names or Words("an_enterprise_of_it")}
        )

    def _by_other_code(self, code: str, plain: str) -> FoundAddressee:
        """A code the order does not have: the name beside it may be that of one the order names."""
        named = self._by_name(plain) if plain else FoundAddressee()
        if named.code:
            near = [f"{self._spelt_as(named.code)}（{named.code}）"]
            return FoundAddressee("", "receipt_perhaps", "enterprise_id", {"near": near})
        if named.said in QUESTIONS:
            return named
        names = nearest(code, {one: one for one in self.firms}) or Words("an_enterprise_of_it")
        return FoundAddressee("", "enterprise_not_in_order", "enterprise_id", {"names": names})

    def _registered(self, code: str) -> str:
        """The addressee that the register has under a code, though the order has it under another."""
        found = [one for name, held in self.register.codes.items() if held == code for one in self._named.get(name, ())]
        return found[0] if len(found) == 1 else ""

    def _known_as(self, code: str, column: str) -> FoundAddressee:
        return FoundAddressee(code, "plant_known_as", column, {"name": self._spelt_as(code)})

    def _spelt_as(self, code: str) -> str:
        return str(self.firms[code]["enterprise"])


def register_on_record(ledger: Ledger, act: Act) -> Register:
    """The register of plants beside the list of an act; an empty one where there is none, or it is erased."""
    options = RunOptions.of_act(act)
    if options is None:
        return Register()
    with unpacked(ledger, act) as folder:
        try:
            who = register_of(folder / list_file(folder, options))
            return read_register(who, Findings(str(who))) if who else Register()
        except InputError:
            return Register()
