"""The second import contract: what another room offers is imported from the room, never from a module inside it."""

from __future__ import annotations

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, output

from tests.rooms import PACKAGE, face


class FaceContract(Contract):
    """No import from a module of one room into a module of another; ``__init__.pyi`` says what a room offers."""

    type_name = "faces"

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        rooms = {one.parent.name for one in PACKAGE.glob("*/__init__.pyi")}
        offered = {f"{room}.{name}" for room in rooms for name, home in face(PACKAGE / room).items() if not home}
        past = []
        for importer in graph.modules:
            for imported in graph.find_modules_directly_imported_by(importer):
                _, room, inside, *_ = [*imported.split("."), "", ""]
                inner = f"{room}.{inside}"
                if room in rooms and inside and inner not in offered and importer.split(".")[1:2] != [room]:
                    past.append(f"{importer} -> {imported}")
        return ContractCheck(kept=not past, metadata={"past": sorted(past)})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for one in check.metadata["past"]:
            output.print_error(f"- {one}: import it from the room, and name it in the room's __init__.pyi")
