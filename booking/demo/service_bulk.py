"""Members of a demo at any size, written by COPY.

This room is exempt, by name, from the law that rows are written only by the verbs of their room: ten million visits
through the door would take a day. What the verbs guarantee is kept: snapshots at entry, person keys, change rows.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from booking.demo import rules
from booking.kit import clock, db

JOINED_WITHIN = timedelta(days=500)
SEEN_AT = time(12)


@dataclass(frozen=True)
class Row:
    """A member as the visits need one."""

    id: UUID
    who: rules.Somebody


async def make_members(count: int, seed: int, since: date | None = None) -> list[Row]:
    """So many more members, each in a household without an account, registered with the prefecture or Kiryu or both.

    They joined from `since` on, one after the other.
    """
    now, today = clock.now(), clock.today()
    towns = {row["code"]: row["id"] for row in await db.fetch("select id, code from municipality")}
    texts = await db.fetch(
        """select distinct on (b.code) b.code, b.id as body, c.id as text
           from body b join consent_text c on c.body = b.id order by b.code, c.version desc"""
    )
    by_body = {row["code"]: row for row in texts}
    taken = [row["number"] for row in await db.fetch("select number from member order by number")]
    chance = Random(f"ids {seed} {len(taken)}")  # noqa: S311 - plausible, not secret
    made = rules.people(count, seed, since or today - JOINED_WITHIN, today, taken)
    rows = [Row(rules.identify(chance, _joined_at(who)), who) for who in made]
    households = {row.id: rules.identify(chance, _joined_at(row.who)) for row in rows}
    async with db.transaction() as conn:
        await conn.copy_records_to_table(
            "household",
            columns=["id", "phone", "preferred", "language", "created_at"],
            records=[(households[row.id], "0270000000", "phone", "ja", _joined_at(row.who)) for row in rows],
        )
        await conn.copy_records_to_table(
            "member",
            columns=[
                "id",
                "number",
                "household",
                "family_name",
                "given_name",
                "family_kana",
                "given_kana",
                "shown_name",
                "birth_on",
                "municipality",
                "is_protected",
                "seen_at_desk_at",
                "created_at",
                "left_at",
            ],
            records=[_member(row, households[row.id], towns, now) for row in rows],
        )
        await conn.copy_records_to_table(
            "registration",
            columns=["id", "member", "body", "consent_text", "on_paper", "registered_at", "consented_at", "ended_at"],
            records=[one for row in rows for one in _registrations(chance, row, by_body)],
        )
    return rows


def _joined_at(who: rules.Somebody) -> datetime:
    return clock.at_local(who.joined_on, time())


def _left_at(who: rules.Somebody) -> datetime | None:
    return clock.at_local(who.until_on, time()) if who.has_left else None


def _member(row: Row, household: UUID, towns: dict[str, UUID], now: datetime) -> tuple[Any, ...]:
    who, since = row.who, _joined_at(row.who)
    return (
        *(row.id, who.number, household, who.family_name, who.given_name, who.family_kana, who.given_kana),
        *(
            who.given_name,
            who.birth_on,
            towns[who.town],
            False,
            min(now, clock.at_local(who.joined_on, SEEN_AT)),
            since,
        ),
        _left_at(who),
    )


def _registrations(chance: Random, row: Row, by_body: dict[str, Any]) -> list[tuple[Any, ...]]:
    since, own = _joined_at(row.who), rules.body_of(row.who.town)
    bodies = [code for code in by_body if code == own or row.who.is_with_both]
    return [
        (
            *(rules.identify(chance, since), row.id, by_body[code]["body"], by_body[code]["text"], True),
            *(since, since, _left_at(row.who)),
        )
        for code in bodies
    ]
