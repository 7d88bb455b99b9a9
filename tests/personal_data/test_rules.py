"""Whom an erasure reaches."""

import pytest

from booking.personal_data.rules import reach_of
from tests.make.people import make_member

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "clock")]


@pytest.mark.parametrize(
    ("bodies", "gone", "ending"),
    [(None, 2, 0), (frozenset({"100005"}), 1, 0), (frozenset({"102032"}), 1, 0), (frozenset({"1"}), 0, 0)],
)
async def test_own_people_go(bodies: frozenset[str] | None, gone: int, ending: int) -> None:
    members = [await make_member(8), await make_member(8, body="102032")]
    reach = reach_of(members, bodies)
    assert (len(reach.gone_ids), len(reach.ending)) == (gone, ending)
