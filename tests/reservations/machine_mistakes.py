"""Mistakes planted in the service, each of which a machine must notice by the law it breaks."""

from typing import Any, NamedTuple

import pytest

from tests.reservations.machine_play import Playing, play


class Mistake(NamedTuple):
    """What is forgotten: a name of a module and what stands there instead; which steps come across it, and the law that
    is broken first, or one of these."""

    where: Any
    name: str
    instead: Any
    favour: dict[str, int]
    law: str


def must_notice(
    machine: type[Playing], mistake: str, made: Mistake, monkeypatch: pytest.MonkeyPatch, *, examples: int, steps: int
) -> None:
    """Play examples with the mistake in place until a law is broken; it must be one that the mistake names."""
    monkeypatch.setattr(made.where, made.name, made.instead)
    with pytest.raises(AssertionError) as found:
        for number in range(examples):
            play(machine, number, steps, made.favour)
    print(f"{mistake}: example {number}, {str(found.value)[:300]}")
    laws = tuple(f"{law}: " for law in made.law.split())
    assert any(line.startswith(laws) for line in str(found.value).splitlines()), found.value
