"""Squares: one square is one person. Solid is somebody, yellow is you, hollow is a free seat.

Drawn as one `<path>` per state, each row a dashed line, so that 200 squares weigh as little as five.
"""

from functools import lru_cache

from markupsafe import Markup


def _rows(first: int, count: int, columns: int, *, pitch: int, size: int, inset: int) -> str:
    """Path data for squares `first` … `first + count - 1`, each `inset` smaller on every side."""
    parts: list[str] = []
    at, left = first, count
    while left > 0:
        row, column = divmod(at, columns)
        here = min(left, columns - column)
        x = column * pitch + inset
        length = here * pitch - (pitch - size) - 2 * inset
        parts.append(f"M{x} {row * pitch + size / 2:g}h{length}")
        at, left = at + here, left - here
    return "".join(parts)


@lru_cache(maxsize=4096)
def squares(
    taken: int = 0, mine: int = 0, free: int = 0, *, columns: int = 20, size: int = 9, gap: int = 3, fine: bool = False
) -> Markup:
    """The squares of `taken` people, `mine` of the reader's own and `free` seats, in rows of `columns`.

    `fine` (30 people and more) draws small squares without the hollow edge. The number stands beside them as text.
    """
    if fine and size == 9:
        size, gap = 4, 1
    taken, mine, free = max(taken, 0), max(mine, 0), max(free, 0)
    total, pitch = taken + mine + free, size + gap
    width = max(min(total, columns), 1) * pitch - gap
    height = max(-(-total // columns), 1) * pitch - gap
    paths: list[str] = []

    def add(name: str, first: int, count: int, inset: int = 0) -> None:
        if count:
            data = _rows(first, count, columns, pitch=pitch, size=size, inset=inset)
            thin = f' stroke-width="{size - 2}" stroke-dasharray="{size - 2} {gap + 2}"' if inset else ""
            paths.append(f'<path class="{name}"{thin} d="{data}"/>')

    add("taken", 0, taken)
    add("edge", taken, mine)
    add("mine", taken, mine, 0 if fine else 1)
    add("free", taken + mine, free)
    if not fine:
        add("hole", taken + mine, free, 1)
    name = "squares fine" if fine else "squares"
    return Markup(  # noqa: S704 - numbers and our own words only
        f'<svg class="{name}" viewBox="0 0 {width} {height}" width="{width}" height="{height}" fill="none" '
        f'stroke-width="{size}" stroke-dasharray="{size} {gap}" aria-hidden="true">{"".join(paths)}</svg>'
    )
