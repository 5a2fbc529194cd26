"""Whom a receipt speaks of: the addressees of an order by code and by every name the register of plants has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from alertengine.files import Findings, rules_folder
from alertengine.lists import NEARLY, Register, read_register, register_of
from alertengine.rulebook import OpenLists, nearest
from alertengine.vocabulary import PLANT_KEY, InputError, PlantId, Words, name_or_code, plain_name
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
    """Who was found: ``plant``, None where nobody is for certain; ``said`` is the code of a message, "" for none."""

    plant: PlantId | None = None
    said: str = ""
    column: str = "enterprise"
    arguments: Mapping[str, Any] | None = None


class Addressees:
    """Who an order went to."""

    def __init__(self, table: pd.DataFrame, register: Register) -> None:
        """``table``: ``city``, ``county``, ``enterprise_id``, ``enterprise``, ``line_id``, one row a line."""
        self.register = register
        self.firms: dict[PlantId, dict[Any, Any]] = {
            (str(row["city"]), str(row["enterprise_id"])): row
            for row in table.drop_duplicates(PLANT_KEY).to_dict("records")
        }
        self._coded: dict[str, list[PlantId]] = {}
        self._named: dict[str, list[PlantId]] = {}
        self._spelt: dict[str, str] = {}
        for plant, row in self.firms.items():
            plain = plain_name(str(row["enterprise"]))
            self._coded.setdefault(plant[1], []).append(plant)
            self._named.setdefault(register.own_name(plain), []).append(plant)
            self._spelt[plain] = str(row["enterprise"])
        own = {name: self._spelt_as(plants[0]) for name, plants in self._named.items()}
        for name, found in register.named.items():  # former names are spellings of whom they belong to
            if len(found) == 1 and (spelt := own.get(plain_name(found[0]))):
                self._spelt.setdefault(name, spelt)

    def who(self, code: str, name: str, city: str) -> FoundAddressee:
        """Of whom a receipt speaks by its code and name, of which it may leave one blank, and its city if said."""
        code, plain = name_or_code(code), plain_name(name)
        if not code and not plain:
            return FoundAddressee(None, "receipt_of_nobody", "enterprise_id")
        cities = dict.fromkeys(one for one, _ in self.firms)
        place = (city if city in cities else self._places.standard_name("places", city)) if city else None
        if city and place not in cities:
            return FoundAddressee(None, "enterprise_not_in_order", "city", {"names": list(cities)})
        if not code:
            return self._by_name(plain, place)
        known = _within(self._coded.get(code) or self._registered(code), place)
        return self._by_code(code, plain, known) if known else self._by_other_code(code, plain, place)

    def _by_code(self, code: str, plain: str, known: Sequence[PlantId]) -> FoundAddressee:
        named = [one for one in known if self._own_name(one) == self.register.own_name(plain)]
        if len(named or known) > 1:
            return self._several(named or known)
        if not plain or named:
            own = (named or known)[0]
            return FoundAddressee(own) if own[1] == code else self._known_as(own, "enterprise_id")
        own = known[0]
        spelt = plain_name(self._spelt_as(own))
        if plain not in self._spelt and nearest(plain, {spelt: spelt}, least=NEARLY):
            return FoundAddressee(None, "receipt_perhaps", arguments={"near": [self._spelt_as(own)]})
        said = {"code_said": code, "own": self._spelt_as(own)}
        return FoundAddressee(None, "code_and_name_differ", arguments=said)

    def _by_name(self, plain: str, city: str | None) -> FoundAddressee:
        registered = self.register.named.get(plain, ())
        found = _within(self._named.get(self.register.own_name(plain), []), city)
        if not found and len(registered) > 1:  # the former name of several: whoever of them the order names
            former = [plant for name in registered for plant in self._named.get(plain_name(name), ())]
            if former := _within(former, city):
                return self._several(former)
        if len(found) > 1:
            return self._several(found)
        if found:
            plainly = plain_name(self._spelt_as(found[0])) == plain
            return FoundAddressee(found[0]) if plainly else self._known_as(found[0], "enterprise")
        if elsewhere := self._named.get(self.register.own_name(plain), ()):  # in another city than the one said
            return FoundAddressee(None, "receipt_perhaps", arguments={"near": self._called(elsewhere)})
        if near_names := nearest(plain, self._spelt, least=NEARLY):
            return FoundAddressee(None, "receipt_perhaps", arguments={"near": list(near_names)})
        near_names = nearest(plain, self._spelt)
        return FoundAddressee(
            None, "enterprise_not_in_order", arguments={"names": near_names or Words("an_enterprise_of_it")}
        )

    def _by_other_code(self, code: str, plain: str, city: str | None) -> FoundAddressee:
        """A code the order does not have: the name beside it may be that of one the order names."""
        named = self._by_name(plain, city) if plain else FoundAddressee()
        if named.plant:
            near = self._called([named.plant])
            return FoundAddressee(None, "receipt_perhaps", "enterprise_id", {"near": near})
        if named.said in QUESTIONS:
            return named
        elsewhere = self._called(self._coded.get(code, ()))  # in another city than the one said
        names = elsewhere or nearest(code, {one: one for one in self._coded}) or Words("an_enterprise_of_it")
        return FoundAddressee(None, "enterprise_not_in_order", "enterprise_id", {"names": names})

    def _several(self, plants: Sequence[PlantId]) -> FoundAddressee:
        return FoundAddressee(None, "receipt_of_several", arguments={"names": self._called(plants)})

    def _called(self, plants: Sequence[PlantId]) -> list[str]:
        return [f"{city}{self._spelt_as((city, code))}（{code}）" for city, code in plants]

    def _registered(self, code: str) -> list[PlantId]:
        """The addressee that the register has under a code, though the order has it under another."""
        return [one for name, held in self.register.codes.items() if held == code for one in self._named.get(name, ())]

    def _known_as(self, plant: PlantId, column: str) -> FoundAddressee:
        return FoundAddressee(plant, "plant_known_as", column, {"name": self._spelt_as(plant)})

    def _spelt_as(self, plant: PlantId) -> str:
        return str(self.firms[plant]["enterprise"])

    def _own_name(self, plant: PlantId) -> str:
        return self.register.own_name(plain_name(self._spelt_as(plant)))

    @cached_property
    def _places(self) -> OpenLists:
        return OpenLists.load([rules_folder()])


def _within(plants: Sequence[PlantId], city: str | None) -> list[PlantId]:
    """The plants of a city; all where none is said."""
    return [one for one in plants if city is None or one[0] == city]


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
