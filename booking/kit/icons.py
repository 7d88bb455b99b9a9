"""Icons: the shapes of the look, and the sprite of those that a page uses.

An icon stands beside words, never alone. `<use>` refers to the same document, so that the strict policy holds.
"""

import re
from pathlib import Path

from markupsafe import Markup

SPRITE_PLACE = "<!-- icons -->"
"""Where a page's frame wants the shapes."""

_FILE = Path(__file__).with_name("icons.svg")
_SHAPES: dict[str, str] = {
    found[1]: found[0] for found in re.finditer(r'<symbol id="i-(\w+)".*?</symbol>', _FILE.read_text(encoding="utf-8"))
}
NAMES = frozenset(_SHAPES)


def icon(name: str) -> Markup:
    """An icon of the look. Raises: KeyError when the look has no such shape."""
    if name not in NAMES:
        raise KeyError(f"the look has no icon {name!r}")
    return Markup('<svg class="icon" aria-hidden="true"><use href="#i-{}"/></svg>').format(name)


def with_sprite(html: str) -> str:
    """The page with the shapes of the icons it uses in their place."""
    if SPRITE_PLACE not in html:
        return html
    used = sorted(set(re.findall(r'href="#i-(\w+)"', html)) & NAMES)
    symbols = "".join(_SHAPES[name] for name in used)
    return html.replace(SPRITE_PLACE, f'<svg class="sprite" aria-hidden="true">{symbols}</svg>', 1)
