"""Lengths, imports, the clock, and who may lock or change whose rows."""

import ast
import re

from booking import wiring
from tests.house.code import LADDER, Module, functions, modules, room_of_table, texts

FILE_LINES, FUNCTION_LINES, HANDLER_LINES, PARAMETERS = 500, 60, 15, 5
ROUTE_DECORATORS = frozenset({"get", "post", "put", "patch", "delete"})
CLOCK_EXEMPT = {
    "booking/kit/clock.py": "it is the clock",
    "booking/kit/doctor.py": "it asks whether two clocks agree",
    "booking/kit/tokens.py": "the order in which identifiers were made is no time of the domain",
}
CLOCK_CALLS = frozenset({"now", "today", "utcnow", "time", "time_ns", "localtime"})
CLOCK_OWNERS = frozenset({"datetime", "date", "time"})
FOREIGN_WRITERS = frozenset({"demo", "kit"})
"""`demo` writes by COPY at any size; `kit` has the idempotency keys of every room."""


def _length(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _is_handler(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(called, ast.Name) and called.id in ROUTE_DECORATORS:
            return True
    return False


def _body_length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body without its docstring."""
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_files_and_functions_are_short() -> None:
    long: list[str] = []
    for module in modules():
        if module.lines > FILE_LINES:
            long.append(f"{module.name} has {module.lines} lines")
        for node in functions(module):
            if _length(node) > FUNCTION_LINES:
                long.append(f"{module.name}:{node.lineno} {node.name} has {_length(node)} lines")
            if _is_handler(node) and _body_length(node) > HANDLER_LINES:
                long.append(f"{module.name}:{node.lineno} handler {node.name} has {_body_length(node)} lines")
    assert not long, "\n".join(long)


def test_functions_take_few_parameters_by_position() -> None:
    many = [
        f"{module.name}:{node.lineno} {node.name}"
        for module in modules()
        for node in functions(module)
        if not _is_handler(node) and len(node.args.posonlyargs + node.args.args) > PARAMETERS + ("self" in _names(node))
    ]
    assert not many, "\n".join(many)


def _names(node: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    return {argument.arg for argument in node.args.args[:1]}


def test_imports_stand_at_the_top() -> None:
    inside: list[str] = []
    for module in modules():
        for node in functions(module):
            inside += [
                f"{module.name}:{each.lineno}"
                for each in ast.walk(node)
                if isinstance(each, ast.Import | ast.ImportFrom)
            ]
    assert not inside, "imports inside functions:\n" + "\n".join(inside)


def test_no_import_of_ours_is_for_types_only() -> None:
    hidden = [
        f"{module.name}:{each.lineno}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for each in node.body
        if "booking" in ast.unparse(each)
    ]
    assert not hidden, "\n".join(hidden)


def test_only_the_clock_reads_the_clock() -> None:
    read: list[str] = []
    for module in modules():
        if module.name in CLOCK_EXEMPT or module.room == "bench":
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _reads_clock(node.func):
                read.append(f"{module.name}:{node.lineno} {ast.unparse(node.func)}")
        for line, text in texts(module.tree):
            if re.search(
                r"\b(now\(\)|current_(timestamp|date|time)\b|clock_timestamp\(\)|localtimestamp\b)", text, re.I
            ):
                read.append(f"{module.name}:{line} asks the database for the time")
    assert not read, "\n".join(read)


def _reads_clock(called: ast.Attribute) -> bool:
    owner = called.value
    name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
    return called.attr in CLOCK_CALLS and name in CLOCK_OWNERS


def test_rooms_keep_their_ladder() -> None:
    """Also for files split by verb family, which the import contracts do not know."""
    upward: list[str] = []
    for module in modules():
        if module.room in ("", "kit") or not module.floor:
            continue
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith(f"booking.{module.room}"):
                continue
            for name in _imported(node, module.room):
                floor = name.split("_")[0]
                floor = "door" if floor in ("routes", "pages", "schedule", "commands") else floor
                if floor in LADDER and not _may_import(module.floor, floor):
                    upward.append(f"{module.name}:{node.lineno} imports {name}")
    assert not upward, "\n".join(upward)


def _imported(node: ast.ImportFrom, room: str) -> list[str]:
    rest = (node.module or "").removeprefix(f"booking.{room}").lstrip(".")
    return [rest.split(".")[0]] if rest else [alias.name for alias in node.names]


def _may_import(upper: str, lower: str) -> bool:
    if {upper, lower} <= {"rules", "schemas"}:
        return True
    return LADDER.index(upper) >= LADDER.index(lower)


LOCK = re.compile(r"\bfor\s+(no\s+key\s+update|update|share|key\s+share)\b", re.I)
WEAK_LOCK = re.compile(r"\bfor\s+update\b(?!\s+skip\s+locked)", re.I)


def test_rows_are_locked_only_by_lock_functions_of_their_own_room() -> None:
    wrong: list[str] = []
    for module in modules():
        for node in functions(module):
            for line, text in texts(node):
                if LOCK.search(text):
                    wrong += [f"{module.name}:{line} {said}" for said in _lock_faults(module, node.name, text)]
    assert not wrong, "\n".join(wrong)


def _lock_faults(module: Module, function: str, sql: str) -> list[str]:
    faults = []
    if module.floor != "queries" or not function.startswith("lock_"):
        faults.append(f"locks outside a lock_ function of queries ({function})")
    if WEAK_LOCK.search(sql) and "skip locked" not in sql.lower():
        faults.append("locks FOR UPDATE: FOR NO KEY UPDATE blocks no inserts that refer to the row")
    of = re.search(r"\bfor\s+[a-z ]+?\s+of\s+(\w+)", sql, re.I)
    if not of:
        foreign = {table for table in _tables(sql) if room_of_table()[table] != module.room}
        faults += [f"locks {table} of {room_of_table()[table]}" for table in sorted(foreign)]
    return faults


def _tables(sql: str) -> set[str]:
    return {name for name in re.findall(r'\b(?:from|join)\s+"?(\w+)"?', sql, re.I) if name in room_of_table()}


WRITE = re.compile(r'\b(?:insert\s+into|update|delete\s+from|truncate)\s+(?:only\s+)?"?(\w+)"?', re.I)


def test_rows_are_changed_only_by_their_own_room() -> None:
    wrong: list[str] = []
    for module in modules():
        if module.room in FOREIGN_WRITERS:
            continue
        for line, text in texts(module.tree):
            for table in WRITE.findall(text):
                owner = room_of_table().get(table)
                if owner not in (None, module.room):
                    wrong.append(f"{module.name}:{line} changes {table} of {owner}")
    assert not wrong, "\n".join(wrong)


def test_tables_of_neighbours_are_not_imported_for_writing() -> None:
    """An ORM write (`Table.update`, `.delete`, `.insert`, `.save`) of another room's table."""
    wrong: list[str] = []
    for module in modules():
        if module.room in FOREIGN_WRITERS or module.floor == "tables":
            continue
        foreign = _foreign_classes(module)
        for node in ast.walk(module.tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("update", "delete", "insert")
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id in foreign
            ):
                wrong.append(f"{module.name}:{node.lineno} {ast.unparse(node.func)}")
    assert not wrong, "\n".join(wrong)


def _foreign_classes(module: Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").endswith(".tables"):
            room = (node.module or "").split(".")[1]
            if room not in (module.room, "kit"):
                found |= {alias.asname or alias.name for alias in node.names}
    return found


def test_every_module_and_public_name_says_what_it_is() -> None:
    silent: list[str] = []
    for module in modules():
        if not ast.get_docstring(module.tree):
            silent.append(f"{module.name} has no docstring")
        for node in module.tree.body:
            if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if not node.name.startswith("_") and not ast.get_docstring(node):
                silent.append(f"{module.name}:{node.lineno} {node.name} has no docstring")
    assert not silent, "\n".join(silent)


def test_every_piece_that_is_hung_is_asked_for() -> None:
    """A slot's name is spelled twice, by the room that hangs it and by the page that asks."""
    asked: set[str] = set()
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("slot", "slots"):
                name = node.args[0]
                if isinstance(name, ast.Constant):
                    asked.add(str(name.value))
    hung = wiring.gather_named("pages", "SLOTS")
    assert [name for name in hung if name not in asked and name.split(".", maxsplit=1)[0] not in asked] == []
