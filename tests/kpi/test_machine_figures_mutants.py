"""The machine of the figure must notice when something is counted wrong or forgotten: each of these breaks a law.

They are played from numbers, not as Hypothesis likes: what is found here is found everywhere.
"""

from datetime import date, datetime
from typing import Any

import pytest

from booking.kit import clock
from booking.kit.postgres_server import PostgresServer
from booking.kpi import queries_counting as counting
from booking.kpi import service_definitions, service_fold
from booking.people import service_merging as people_merging
from booking.visits import service_desk, service_erasing, service_sweeps, service_writing
from booking.visits import service_importing as visits_importing
from booking.visits import service_merging as visits_merging
from tests.kpi.machine_figures import Machine
from tests.kpi.machine_figures_world import World
from tests.kpi.test_machine_figures import world as world
from tests.reservations.machine_mistakes import Mistake, must_notice

EXAMPLES, STEPS = 40, 25
DOOR = {"come_or_go": 8, "upload_late": 6, "fold": 6, "add_who_was_missed": 4}
DESK = {"add_who_was_missed": 6, "void": 6, "set_exit": 4, "fold": 8}
HEADS = {"count_heads": 10}
READINGS = {"define": 6, "fold": 6, "add_who_was_missed": 6}
CERTIFIED = {"add_who_was_missed": 12, "certify": 6, "fold": 6, "void": 4}
ERASED = {"erase": 10, "add_who_was_missed": 8, "upload_late": 4}
MERGED = {"merge": 12, "go_round": 8, "upload_late": 4, "fold": 3}
OLD = {"bring_in_a_total": 12, "withdraw_a_total": 6, "bring_in_visits": 6, "take_back_visits": 6, "fold": 4}
CLOSING = {"come_or_go": 10, "wait": 5, "fold": 5}


async def nothing(*_: Any, **__: Any) -> int:
    """Do nothing."""
    return 0


async def forget_all(_: Any) -> None:
    """Forget every change, also those nobody has counted."""
    await service_fold.db.execute("delete from visit_change")


def by_world_time(instant: datetime) -> date:
    """The day somewhere else."""
    return instant.date()


def said(statement: str, old: str, new: str) -> str:
    """A statement that says something else in one place."""
    assert statement.count(old) == 1, f"{old} is not said once"
    return statement.replace(old, new)


_FOLD, _FIGURES, _MERGE_KEYS = counting.fold_days, counting.figures, people_merging.merge_keys


def folded(old: str, new: str) -> Any:
    """The fold with another word in it."""
    return lambda *given: said(_FOLD(*given), old, new)


def twice(places: Any) -> str:
    """The figure with every total there ever was."""
    return said(_FIGURES(places), "where i.replaced_at is null and", "where")


def counts(old: str, new: str) -> tuple[Any, str, str]:
    """What counts, said otherwise: everywhere but in the recounting."""
    return counting, "COUNTED", said(counting.COUNTED, old, new)


def leaves(more: str) -> tuple[Any, str, str]:
    """What erasing leaves of a visit, said otherwise."""
    return service_erasing, "_VISITS", said(service_erasing._VISITS, "grade = null", f"grade = null, {more}")


async def keys_forgotten(kept_id: Any, gone_id: Any) -> dict[Any, Any]:
    """Of a year in which both were counted nobody says under which key."""
    await _MERGE_KEYS(kept_id, gone_id)
    return {}


NOBODY = "'00000000-0000-7000-8000-000000000000'"
VOID, INSIDE = "v.voided_at is null and", "or v.left_at is null"
NO_MONTHS, NO_PEOPLE = "select $1::uuid[], $2::date[]", "select $1::int, $2::uuid[], $3::date[]"
LEFT_ON = said(service_sweeps._END, "left_at = one", "visited_on = (one.left_at + '9 hours')::date, left_at = one")
MISTAKES: dict[str, Mistake] = {
    "the door notes no change": Mistake(service_writing, "note_changes", nothing, DOOR, "live"),
    "the desk notes no change": Mistake(service_desk, "note_changes", nothing, DESK, "live"),
    "closing notes no change": Mistake(service_sweeps, "note_changes", nothing, CLOSING, "live"),
    "changes are forgotten uncounted": Mistake(service_fold, "hand_on_changes", forget_all, DOOR, "live"),
    "a fold without months": Mistake(counting, "FOLD_MONTHS", NO_MONTHS, DESK, "live"),
    "nobody is put on the list of people": Mistake(counting, "PUT_PEOPLE_ON", NO_PEOPLE, DESK, "live"),
    "nobody is taken off the list of people": Mistake(counting, "TAKE_PEOPLE_OFF", NO_PEOPLE, DESK, "live"),
    "a fold counts what is void": Mistake(counting, "fold_days", folded(VOID, ""), DESK, "live"),
    "everybody counts what is void": Mistake(*counts(VOID, ""), DESK, "live"),
    "guardians count": Mistake(*counts(counting.KINDS, f"{counting.KINDS}, 'guardian'"), HEADS, "live"),
    "who is inside has not stayed": Mistake(*counts(INSIDE, ""), READINGS, "live"),
    "a day is that of leaving": Mistake(service_sweeps, "_END", LEFT_ON, CLOSING, "days"),
    "a day is that of Greenwich": Mistake(clock, "local_date", by_world_time, DESK, "days"),
    "a new reading folds nothing": Mistake(service_definitions, "refold_all", nothing, READINGS, "live"),
    "no difference is noted": Mistake(service_fold, "note_days", nothing, CERTIFIED, "certified"),
    "a total that was replaced counts on": Mistake(counting, "figures", twice, OLD, "live"),
    "old visits note no change": Mistake(visits_importing, "note_changes", nothing, OLD, "live"),
    "a merge notes no change": Mistake(visits_merging, "note_changes", nothing, MERGED, "live"),
    "a merge leaves somebody two keys": Mistake(people_merging, "merge_keys", keys_forgotten, MERGED, "days"),
    "erasing makes everybody one": Mistake(*leaves(f"person_key = {NOBODY}"), ERASED, "unmoved"),
    "erasing takes the key away": Mistake(*leaves("person_key = null"), ERASED, "unmoved live"),
    "erasing takes the home away": Mistake(*leaves("municipality_code = null"), ERASED, "live"),
}


@pytest.mark.slow
@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_machine_notices_a_mistake(
    mistake: str, server: PostgresServer, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = type("Played", (Machine,), {"server": server, "world": world})
    must_notice(machine, mistake, MISTAKES[mistake], monkeypatch, examples=EXAMPLES, steps=STEPS)
