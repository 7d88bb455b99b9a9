"""The product's own code as syntax trees, for the laws."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "booking"
DOORS = ("routes", "pages", "schedule", "commands")
LADDER = ("errors", "schemas", "rules", "tables", "queries", "service", "door")
"""A room's floors from below; files split by verb family (`service_waiting`) stand on the floor of their first word."""


@dataclass(frozen=True)
class Module:
    """One file of the product."""

    path: Path
    tree: ast.Module
    lines: int

    @property
    def name(self) -> str:
        """Its path below the repository, for messages."""
        return str(self.path.relative_to(ROOT))

    @property
    def room(self) -> str:
        """The room it belongs to; empty for `wiring` and its like."""
        parts = self.path.relative_to(PACKAGE).parts
        return parts[0] if len(parts) > 1 else ""

    @property
    def floor(self) -> str:
        """The file's floor in its room's ladder; empty when it is none of them."""
        word = self.path.stem.split("_")[0]
        return "door" if word in DOORS else word if word in LADDER else ""


@cache
def modules() -> tuple[Module, ...]:
    """Every Python file of the product."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        found.append(Module(path, ast.parse(text), text.count("\n") + 1))
    return tuple(found)


def functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a file, nested ones too."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def texts(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Every text below a node with its line; of f-strings the fixed parts, docstrings left out."""
    docstrings = {
        id(each.body[0].value)
        for each in ast.walk(node)
        if isinstance(each, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and each.body
        and isinstance(each.body[0], ast.Expr)
    }
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in docstrings:
            yield each.lineno, each.value


@cache
def room_of_table() -> dict[str, str]:
    """Which room owns each table of the database."""
    found: dict[str, str] = {}
    for module in modules():
        if module.path.stem != "tables":
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef):
                for keyword in node.keywords:
                    if keyword.arg == "tablename" and isinstance(keyword.value, ast.Constant):
                        found[str(keyword.value.value)] = module.room
    return found
