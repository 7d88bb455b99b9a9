"""What a screen reader is told: the accessibility tree of a page, and the way through it by keyboard alone."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

SPEAK_FOR_THEMSELVES = frozenset(
    {"button", "link", "textbox", "checkbox", "radio", "combobox", "searchbox", "switch", "spinbutton", "tab"}
)
LANDMARKS = ("banner", "main", "contentinfo")
MOST_STEPS = 150


@dataclass(frozen=True)
class Node:
    """One thing the screen reader can say. `level` is a heading's."""

    role: str
    name: str
    level: int | None
    is_invalid: bool
    description: str


def tree(page: Page) -> list[Node]:
    """Everything that is not ignored, in reading order."""
    session = page.context.new_cdp_session(page)
    try:
        found = session.send("Accessibility.getFullAXTree")["nodes"]
    finally:
        session.detach()
    return list(_nodes(found))


def _nodes(found: list[dict]) -> Iterator[Node]:  # type: ignore[type-arg]
    for node in found:
        if node.get("ignored"):
            continue
        said = {each["name"]: each["value"].get("value") for each in node.get("properties", ())}
        yield Node(
            role=node.get("role", {}).get("value", ""),
            name=str(node.get("name", {}).get("value", "")).strip(),
            level=said.get("level"),
            is_invalid=said.get("invalid") == "true",
            description=str(node.get("description", {}).get("value", "")).strip(),
        )


def faults(page: Page) -> list[str]:
    """What somebody who only hears this page would miss."""
    nodes = tree(page)
    found = [f"a {node.role} without a name" for node in nodes if node.role in SPEAK_FOR_THEMSELVES and not node.name]
    found += [f"an image without a name: {node}" for node in nodes if node.role == "image" and not node.name]
    found += [f"no {role}" for role in LANDMARKS if not any(node.role == role for node in nodes)]
    levels = [node.level or 0 for node in nodes if node.role == "heading"]
    if levels.count(1) != 1:
        found.append(f"{levels.count(1)} headings of level 1")
    found += [f"a heading of level {b} after {a}" for a, b in itertools.pairwise(levels) if b > a + 1]
    found += [
        f"“{node.name}” is wrong and does not say why" for node in nodes if node.is_invalid and not node.description
    ]
    if not page.title().split("|")[0].strip():
        found.append("no title")
    return found


def walk_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus, as somebody without sight or mouse does. Raises: AssertionError."""
    for _ in range(MOST_STEPS):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} is not reached in {MOST_STEPS} steps")


def type_into(page: Page, target: Locator, text: str) -> None:
    """Walk to a field and type over what is in it."""
    walk_to(page, target)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    """Walk to something and press a key on it."""
    walk_to(page, target)
    page.keyboard.press(key)


def choose(page: Page, target: Locator, value: str) -> None:
    """Walk to a list and choose by arrows until the value is there."""
    walk_to(page, target)
    page.keyboard.press("Home")
    for _ in range(MOST_STEPS):
        if target.input_value() == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{value} is not in {target}")
