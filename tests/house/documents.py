"""Writes docs/refusals.md and docs/jobs.md from the code: `python -m tests.house.documents`. A test compares them."""

import importlib
import inspect
from collections.abc import Callable

from booking import wiring
from booking.jobs.schemas import At, Every
from booking.kit.errors import Refusal
from tests.house.code import ROOT, modules

REFUSALS = ROOT / "docs" / "refusals.md"
JOBS = ROOT / "docs" / "jobs.md"
BY_HAND = "Written by `python -m tests.house.documents`; a test compares it with the code."


def refusals() -> list[type[Refusal]]:
    """Every way the product says no."""
    for module in modules():
        if module.path.stem != "__main__":
            name = ".".join(module.path.relative_to(ROOT).with_suffix("").parts)
            importlib.import_module(name.removesuffix(".__init__"))
    found: list[type[Refusal]] = []
    waiting = [Refusal]
    while waiting:
        kind = waiting.pop()
        found.append(kind)
        waiting.extend(kind.__subclasses__())
    ours = {kind for kind in found if kind.__module__.startswith("booking.") and "code" in vars(kind)}
    return sorted(ours, key=lambda kind: kind.code)


def page_of_refusals() -> str:
    """The page as the code says it now."""
    lines = [
        "# Refusals",
        "",
        f"Every way the service says no: the stable `code`, the HTTP status and the sentence people read. {BY_HAND}",
        "",
        "| code | status | sentence |",
        "|---|---|---|",
    ]
    lines += [f"| `{kind.code}` | {kind.status} | {kind.sentence} |" for kind in refusals()]
    return "\n".join(lines) + "\n"


def page_of_jobs() -> str:
    """The page as the code says it now."""
    lines = [
        "# Jobs",
        "",
        "Idempotent sweeps: each asks the database what is due. One process runs them, however many there are; their",
        f"ledger is at `/staff/jobs`. {BY_HAND}",
        "",
        "| job | when | what |",
        "|---|---|---|",
    ]
    lines += [f"| `{job.name}` | {_when(job.every)} | {_what(job.run)} |" for job in wiring.jobs()]
    return "\n".join(lines) + "\n"


def _when(every: Every | At) -> str:
    if isinstance(every, At):
        return f"daily {every.hour:02d}:{every.minute:02d}"
    seconds = every.period_seconds
    return f"every {seconds // 60} min" if seconds % 60 == 0 else f"every {seconds} s"


def _what(run: Callable[..., object]) -> str:
    return (inspect.getdoc(inspect.unwrap(run)) or "").split("\n", maxsplit=1)[0]


if __name__ == "__main__":
    REFUSALS.write_text(page_of_refusals(), encoding="utf-8")
    JOBS.write_text(page_of_jobs(), encoding="utf-8")
