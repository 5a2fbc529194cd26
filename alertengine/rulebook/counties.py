"""The counties of the cities, as they are called today and as they were before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from alertengine.rulebook._nearest import Recognised, folded, nearest


class Counties:
    """Which counties each city has, under which names they stood before, and how zones are told from counties."""

    def __init__(self) -> None:
        """Know none."""
        self._names: dict[str, tuple[str, ...]] = {}
        self._later: dict[tuple[str, str], tuple[str, ...]] = {}
        self._zones: tuple[str, ...] = ()

    def add(self, city: str, names: Sequence[str], later: Mapping[str, Sequence[str]] | None = None) -> None:
        """Take in counties of a city; ``later`` says what each of some names has become."""
        later = later or {}
        self._names[city] = tuple(dict.fromkeys((*self._names.get(city, ()), *names, *later)))
        self._later |= {(city, name): tuple(held) for name, held in later.items()}

    def add_zone_words(self, words: Sequence[str]) -> None:
        """Take in words that the names of zones (开发区 …) end with."""
        self._zones = tuple(dict.fromkeys((*self._zones, *words)))

    def of(self, city: str) -> tuple[str, ...]:
        """The counties of a city as they are called today; none of a city whose counties are not on file."""
        return tuple(name for name in self._names.get(city, ()) if (city, name) not in self._later)

    def cities_of(self, county: str) -> tuple[str, ...]:
        """The cities that have a county of a name."""
        return tuple(city for city, names in self._names.items() if county in names)

    def later(self, city: str, county: str) -> tuple[str, ...]:
        """What a county of a city is called today; several where it was divided."""
        return self._later.get((city, county), (county,))

    def renamed(self, city: str, county: str) -> bool:
        """Whether a county of a city goes by another name today."""
        return (city, county) in self._later

    def recognise(self, city: str, text: str, province: Sequence[str] = ()) -> Recognised:
        """What a text stands for in a city, under the name it has today; what was divided is a question.

        ``province`` are the spellings of the city's province, which may stand before it.
        """
        found = self._as_written(city, text, province)
        later = self.later(city, found.name) if found.name is not None else ()
        return Recognised(None, later) if len(later) > 1 else Recognised(later[0]) if later else found

    def _as_written(self, city: str, text: str, province: Sequence[str]) -> Recognised:
        names = self._names.get(city)
        plain = text.strip()
        if names is None or plain in names or plain.endswith(self._zones):
            return Recognised(plain)
        short = [name for name in names if len(name) > 2 and name[:-1] == plain]
        for before in (*province, city, city.removesuffix("市")):
            plain = plain.removeprefix(before).lstrip("-·、/")
        plain = folded(plain)
        short = short or [name for name in names if name == plain]
        if len(short) == 1:
            return Recognised(short[0])
        return Recognised(None, tuple(short) or nearest(plain, {name: name for name in names}))
