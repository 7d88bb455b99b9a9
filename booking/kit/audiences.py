"""Who reads a sentence: residents, in every language of the service, or staff alone, in Japanese and English.

Everything is for residents until it is known to be for staff: a page on the staff's shell, a piece that only such pages
take in, a module whose doors all lie under `/staff/`, and what `locale/staff-only.txt` names. So a new sentence for
residents cannot be left untranslated by forgetting to say whose it is.
"""

import ast
import re
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
STAFF_ONLY = PACKAGE / "locale" / "staff-only.txt"
_SHELL = 'extends "kit/staff.html"'
_TAKES_IN = re.compile(r'(?:include|import|from) "([^"]+)"')
_DOOR = re.compile(r'^@(?:get|post|put|patch|delete)\([\s\[]*(?:\w+\(\s*)?(?:"([^"]*)"|([A-Z_]+))', re.MULTILINE)


@cache
def named_staff_only() -> tuple[str, ...]:
    """The lines of the list: a file, a pattern of files, or a file and the code of a refusal in it."""
    lines = (line.partition("#")[0].strip() for line in STAFF_ONLY.read_text(encoding="utf-8").splitlines())
    return tuple(line for line in lines if line)


@cache
def is_staff_only(place: str) -> bool:
    """Whether only staff read what is said at a place: a file of the package, or a file and a refusal's code."""
    if any(fnmatchcase(place, pattern) for pattern in named_staff_only()):
        return True
    path = place.partition(" ")[0]
    return path in _staff_templates() if "/templates/" in path else _has_staff_doors_alone(PACKAGE / path)


@cache
def _staff_templates() -> frozenset[str]:
    texts = {path: path.read_text(encoding="utf-8") for path in PACKAGE.glob("*/templates/**/*") if path.is_file()}
    names = {f"{path.relative_to(PACKAGE).parts[0]}/{path.name}": path for path in texts}
    takers: dict[Path, set[Path]] = {path: set() for path in texts}
    for path, text in texts.items():
        for name in _TAKES_IN.findall(text):
            if name in names and names[name] != path:
                takers[names[name]].add(path)
    staff = {path for path, text in texts.items() if _SHELL in text or path == PACKAGE / "kit/templates/staff.html"}
    staff |= {path for path in texts if str(path.relative_to(PACKAGE)) in named_staff_only()}
    while more := {path for path, by in takers.items() if path not in staff and by and by <= staff}:
        staff |= more
    return frozenset(str(path.relative_to(PACKAGE)) for path in staff)


def _has_staff_doors_alone(path: Path) -> bool:
    text = path.read_text(encoding="utf-8")
    doors = [literal or _constant(text, name) for literal, name in _DOOR.findall(text)]
    return bool(doors) and all(door.startswith("/staff/") for door in doors)


def _constant(text: str, name: str) -> str:
    found = re.search(rf'^{name} = "([^"]*)"', text, re.MULTILINE)
    return found.group(1) if found else ""


@cache
def refusal_lines(path: Path) -> tuple[tuple[int, int, str], ...]:
    """The refusals of a module: first line, last line, code."""
    found: list[tuple[int, int, str]] = []
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            found += [(node.lineno, node.end_lineno or node.lineno, code) for code in _codes(node)]
    return tuple(found)


def _codes(node: ast.ClassDef) -> list[str]:
    return [
        line.value.value
        for line in node.body
        if isinstance(line, ast.Assign | ast.AnnAssign)
        and isinstance(line.value, ast.Constant)
        and isinstance(line.value.value, str)
        and any(
            isinstance(target, ast.Name) and target.id == "code"
            for target in (line.targets if isinstance(line, ast.Assign) else [line.target])
        )
    ]
