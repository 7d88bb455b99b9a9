"""The one check-in path: every scan, from one kiosk online or a hundred after an outage, is recorded here.

The facts of all scans of a batch are read in one statement, the rules are folded over them in order, and a fixed
number of set-based statements is written in one transaction, whatever the size. See house.md, "One check-in path".
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import structlog
from msgspec.structs import replace

from booking.facilities.queries import list_facilities, lock_facilities
from booking.kiosks.errors import KioskRevoked
from booking.kiosks.queries import find_kiosks_by_tokens
from booking.kit import clock
from booking.kit.batching import Gatherer
from booking.kit.db import AGAIN, transaction
from booking.kit.errors import Busy, MalformedRequest, Refusal
from booking.kit.tokens import new_id
from booking.programs.queries import lock_sessions
from booking.visits import queries, queries_turns
from booking.visits.queries_group_arrivals import list_groups
from booking.visits.queries_reference import reference
from booking.visits.rules_answering import answer_in
from booking.visits.rules_batch import Batch, Entry, Result, fold_batch, walk_in_sessions
from booking.visits.rules_stays import Event
from booking.visits.schemas import Scan, Verdict
from booking.visits.schemas_facts import Asked, Door, Facts, Reference, SeatFact, Shown
from booking.visits.service_late import events_from, late_members
from booking.visits.service_reading import group_of, known_from, read_scan, reading_of
from booking.visits.service_writing import ensure_member_keys, write_batch
from booking.visits.service_writing_visits import Raced

ATTEMPTS = 5
Answer = Verdict | Refusal
log = structlog.get_logger()
_public_keys: dict[int, bytes] = {}


async def record_scans(token: str, scans: Sequence[Scan], language: str = "ja") -> list[Verdict]:
    """Record the scans of the kiosk that has this token, and answer each.

    Raises: KioskRevoked · MalformedRequest when one of them cannot be recorded: sent alone, the others can.
    Safe: a repeated nonce is the same scan and gets the same answer; single calls of one moment share a transaction.
    """
    asked = [Asked(scan=scan, token=token, language=language) for scan in scans]
    answers = [await _record_single(asked[0])] if len(asked) == 1 else await _record_all(asked)
    verdicts: list[Verdict] = []
    for answer in answers:
        if isinstance(answer, Refusal):
            raise answer
        verdicts.append(answer)
    return verdicts


async def record_one(asked: Asked) -> Verdict:
    """Record one scan that staff entered. Raises: Refusal."""
    answer = (await _record([asked]))[0]
    if isinstance(answer, Refusal):
        raise answer
    return answer


async def record_batch(asked: Sequence[Asked]) -> list[Answer]:
    """Record scans that staff entered together, a sheet of paper for example; a refusal stands in its own place.

    Raises: Busy, and then nothing is recorded that cannot be sent again.
    Safe: a repeated nonce is the same scan and gets the same answer.
    """
    return await _record_all(asked) if asked else []


async def _record_single(asked: Asked) -> Answer:
    """Record one scan together with whatever arrives at this moment."""
    try:
        return await _gatherer.ask(asked)
    except Exception as error:
        return _as_refusal(asked, error)


class Impossible(Exception):
    """The same constraint refused every attempt: no race, but something that will never be recorded as it is.

    Its text is the constraint's name alone: what was shown by whom is for no log.
    """


NEVER = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, Impossible, ValueError, LookupError)
"""What is wrong with a scan itself: sent again, it would be again."""


def _as_refusal(asked: Asked, error: Exception) -> Refusal:
    """What a kiosk is told when a scan was not recorded: come again, or keep this one for staff.

    Only what is wrong with the scan itself may be kept back for ever; a kiosk sends again what failed for now.
    """
    if isinstance(error, Refusal):
        return error
    log.error("scan not recorded", nonce=str(asked.scan.nonce), error=type(error).__name__, exc_info=error)
    if isinstance(error, NEVER):
        return MalformedRequest()
    return Busy()


async def _record_all(asked: Sequence[Asked]) -> list[Answer]:
    """Record a batch; when something unforeseen is in it, each scan alone, so that one never fails its neighbours."""
    try:
        return await _record(asked)
    except (Busy, KioskRevoked):
        raise
    except Exception as error:
        log.error("batch recorded scan by scan", scans=len(asked), error=type(error).__name__, exc_info=error)
    answers: list[Answer] = []
    for one in asked:
        try:
            answers += await _record([one])
        except Exception as error:
            answers.append(_as_refusal(one, error))
    return answers


async def _record(asked: Sequence[Asked]) -> list[Answer]:
    """Record a batch in one transaction; again when another process was at the same person or session first, or the
    person has gone meanwhile.

    Raises: Busy · Impossible when the same constraint refused every attempt.
    """
    shown = await _read(asked)
    refused_by: set[str | None] = set()
    for _ in range(ATTEMPTS):
        try:
            async with transaction():
                await queries.plan_for_growth()
                return await _record_once(shown)
        except (asyncpg.UniqueViolationError, asyncpg.ForeignKeyViolationError) as error:
            refused_by.add(error.constraint_name)
        except (Raced, *AGAIN):
            refused_by.add(None)
    if len(refused_by) == 1 and None not in refused_by:
        raise Impossible(refused_by.pop())
    raise Busy


async def _read(asked: Sequence[Asked]) -> list[Shown]:
    """Read every credential; keys made since the last look are fetched once."""
    now = clock.now()
    shown = [read_scan(one, _public_keys, now) for one in asked]
    if any(one.problem in ("pass-unknown-key", "pass-forged") for one in shown):
        _public_keys.clear()
        _public_keys.update(await queries.public_keys())
        shown = [read_scan(one, _public_keys, now) for one in asked]
    return shown


async def _record_once(all_shown: Sequence[Shown]) -> list[Answer]:
    doors = await _doors([one.asked for one in all_shown])
    shown = [one for one, door in zip(all_shown, doors, strict=True) if door is not None]
    known = [door for door in doors if door is not None]
    verdicts = iter(await _answer(shown, known) if shown else [])
    return [KioskRevoked() if door is None else next(verdicts) for door in doors]


async def _doors(asked: Sequence[Asked]) -> list[Door | None]:
    """Where each scan was made; None when its token is no kiosk's."""
    kiosks = await find_kiosks_by_tokens([one.token for one in asked if one.token])
    found: list[Door | None] = []
    desks = {one.facility_code for one in asked if one.facility_code}
    places = {one.code: one.id for one in await list_facilities()} if desks else {}
    for one in asked:
        kiosk = kiosks.get(one.token)
        if kiosk is not None:
            found.append(Door(kiosk=kiosk, facility_ids=kiosk.facility_ids, facility_codes=kiosk.facility_codes))
        elif one.facility_code in places:
            code = one.facility_code
            found.append(Door(kiosk=None, facility_ids=(places[code],), facility_codes=(code,)))
        else:
            found.append(None)
    return found


async def _answer(shown: Sequence[Shown], doors: Sequence[Door]) -> list[Verdict]:
    """Lock, read, fold, write."""
    now = clock.now()
    facility_ids = {one for door in doors for one in door.facility_ids}
    places = await lock_facilities(facility_ids)
    days = sorted({one.on for one in shown} | {clock.local_date(now)})
    kiosk_ids = [door.kiosk.id if door.kiosk else None for door in doors]
    facts = await queries.read_facts(
        shown, kiosk_ids=kiosk_ids, facility_ids=sorted(facility_ids), days=days, today=clock.local_date(now)
    )
    known = await reference(facts.version, days)
    if any(one.scan.kind == "heads" and one.scan.direction == "out" for one in shown):
        facts = replace(facts, heads=await queries_turns.list_heads(facility_ids, days))
    if any(one.door_code is not None for one in shown):
        facts = replace(facts, groups=await list_groups(facility_ids, days))
    entries = _entries(shown, doors, facts, now)
    batch = Batch(
        entries=entries,
        facts=facts,
        reference=known,
        facilities=places,
        events=await _events_of_late(entries, known),
    )
    batch = await _with_seats(batch)
    results, events = fold_batch(batch)
    await write_batch(batch, results, events, now)
    return await _in_words(results, known)


def _entries(shown: Sequence[Shown], doors: Sequence[Door], facts: Facts, now: datetime) -> list[Entry]:
    people = {one.id: one for one in facts.people}
    answered = {(one.kiosk, one.nonce): one for one in facts.answered}
    known, entries = known_from(facts), []
    for one, door in zip(shown, doors, strict=True):
        before = answered.get((door.kiosk.id if door.kiosk else None, one.scan.nonce))
        reading, person_id = reading_of(one, door, known, now)
        entries.append(
            Entry(
                shown=one,
                door=door,
                reading=reading,
                scan_id=before.id if before is not None else new_id(),
                holder=people.get(UUID(reading.holder)) if reading.holder is not None else None,
                person=people.get(person_id) if person_id is not None else None,
                group=group_of(one, door, known.groups),
                answered=before,
            )
        )
    return entries


async def _events_of_late(entries: Sequence[Entry], known: Reference) -> dict[UUID, list[Event]]:
    """What was said before to the people of whom a scan came late, on the days of their scans."""
    late = late_members(entries)
    if not late:
        return {}
    days = [entry.shown.on for entry in entries if entry.person is not None and entry.person.id in late]
    first, until = clock.day_span(min(days))[0], clock.day_span(max(days))[1]
    rows = await queries.list_said(late, first, until)
    return events_from(rows, late, known)


async def _with_seats(batch: Batch) -> Batch:
    """Lock the sessions that somebody may walk in to, and count their seats as they are then."""
    wanted = walk_in_sessions(batch)
    if not wanted:
        return batch
    await lock_sessions(wanted)
    counted = await queries.count_seats(wanted)
    seats = tuple(SeatFact(one, *counts) for one, counts in counted.items())
    return replace(batch, facts=replace(batch.facts, seats=seats))


async def _in_words(results: Sequence[Result], known: Reference) -> list[Verdict]:
    """The verdicts in the language of whoever asked; members go by the key their kiosk knows."""
    keys: dict[tuple[UUID, UUID], UUID] = {}
    for result in results:
        kiosk = result.entry.door.kiosk
        members = [one.id.removeprefix("member:") for one in result.outcome.verdict.choices if one.id[:7] == "member:"]
        if kiosk is not None and members:
            made = await ensure_member_keys(kiosk.id, map(UUID, members))
            keys.update({(kiosk.id, member): key for member, key in made.items()})
    return [answer_in(result, known, keys) for result in results]


_gatherer: Gatherer[Asked, Answer] = Gatherer(_record, hopeless=(Busy,))
