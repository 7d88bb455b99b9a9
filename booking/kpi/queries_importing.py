"""Reads for bringing in numbers from before the service: what is there already, what is certified, what overlaps."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from booking.facilities.queries import lock_facilities
from booking.kit import db
from booking.kit.words import with_words, words_sql
from booking.kpi import queries_counting as counting
from booking.kpi.rules import Upload
from booking.kpi.schemas_importing import Beginning, Break, KeptTotal, Taken, TakenDay, UploadReport, UploadView

_CERTIFIED = """exists (
  select 1 from kpi_certification k
  where k.body in ('', b.code) and k.starts_on < {until} and k.until_on > {first})"""
_HAS_VISITS = f"""exists (
  select 1 from visit v where v.facility = f.id and v.visited_on >= {{first}} and v.visited_on < {{until}}
    and v.voided_at is null and v.kind in ({counting.KINDS}) and v.entered_by {{how}} 'import')"""
_MONTH = {"first": "c.month_on", "until": "c.month_on + interval '1 month'"}

_TAKEN = f"""
select f.code, c.month_on, {_CERTIFIED.format(**_MONTH)} as is_certified,
  {_HAS_VISITS.format(**_MONTH, how="<>")} as has_own_visits,
  {_HAS_VISITS.format(**_MONTH, how="=")} as has_imported_visits
from unnest($1::text[], $2::date[]) as c(code, month_on)
join facility f on f.code = c.code join body b on b.id = f.body"""

_DAY = {"first": "c.day", "until": "c.day + 1"}
_TAKEN_DAYS = f"""
select f.code, c.day, {_CERTIFIED.format(**_DAY)} as is_certified,
  {_HAS_VISITS.format(**_DAY, how="<>")} as has_own_visits,
  exists (select 1 from kpi_import i where i.facility = f.id and i.replaced_at is null
          and i.month_on = date_trunc('month', c.day)::date) as has_total
from unnest($1::text[], $2::date[]) as c(code, day) join facility f on f.code = c.code join body b on b.id = f.body"""

_TOTALS = f"""
select c.id, f.code as facility, b.code as body, c.month_on, c.person_days, c.person_sessions, c.method, c.document,
  c.author, c.imported_at, c.replaced_at,
  c.replaced_at is null and {_HAS_VISITS.format(**_MONTH, how="<>")} as overlaps
from kpi_import c join facility f on f.id = c.facility join body b on b.id = f.body"""

_BEGINNINGS = f"""
with old as (
  select facility, min(first_on) as imported_on from (
    select facility, month_on as first_on from kpi_import where replaced_at is null
    union all
    select v.facility, v.visited_on from kpi_upload u join visit v on v.import_id = u.id and v.voided_at is null
    where u.kind = 'visits' and u.committed_at is not null and u.taken_back_at is null
  ) each group by facility
)
select f.code as facility, o.imported_on, (
    select v.visited_on from visit v
    where v.facility = f.id and v.voided_at is null and v.kind in ({counting.KINDS}) and v.entered_by <> 'import'
    order by v.visited_on limit 1) as counted_on
from old o join facility f on f.id = o.facility join body b on b.id = f.body
where $1::text is null or b.code = $1 order by f.code"""

_UPLOADS = f"""
select u.id, u.kind, b.code as body_code, {words_sql("b.name", "b.names")} as body_names,
  u.method, u.document, u.author, u.uploaded_at,
  u.committed_at, u.taken_back_at, u.content is not null as is_kept, u.report
from kpi_upload u join body b on b.id = u.body"""


async def lock_totals(facilities: Sequence[UUID]) -> None:
    """Let nobody else bring in totals of these facilities, nor certify anything, until the transaction ends."""
    await lock_facilities(facilities)
    await db.execute("lock table kpi_import in row exclusive mode")


async def lock_for_certifying() -> None:
    """Wait for whoever is bringing totals in or certifying and let nobody begin to: the first statement of its
    transaction, so that the snapshot is taken after it."""
    await db.execute("lock table kpi_import in share row exclusive mode")


async def list_taken(cells: Sequence[tuple[str, date]]) -> dict[tuple[str, date], Taken]:
    """What stands against a total in these facility-months."""
    rows = await db.fetch(_TAKEN, [code for code, _ in cells], [month for _, month in cells])
    names = Taken.__struct_fields__
    return {(row["code"], row["month_on"]): Taken(**{name: row[name] for name in names}) for row in rows}


async def list_taken_days(cells: Collection[tuple[str, date]]) -> dict[tuple[str, date], TakenDay]:
    """What stands against single visits on these facility-days."""
    rows = await db.fetch(_TAKEN_DAYS, [code for code, _ in cells], [day for _, day in cells])
    names = TakenDay.__struct_fields__
    return {(row["code"], row["day"]): TakenDay(**{name: row[name] for name in names}) for row in rows}


async def list_imported(cells: Collection[tuple[str, date]]) -> list[dict[str, Any]]:
    """The visits brought in on these facility-days that count, each with the digest of the old key it came with."""
    rows = await db.fetch(
        """select f.code as facility, v.entered_at, v.heads, v.school_stage, v.municipality_code, p.code as program,
             k.digest
           from unnest($1::text[], $2::date[]) as c(code, day) join facility f on f.code = c.code
           join visit v on v.facility = f.id and v.visited_on = c.day and v.entered_by = 'import'
             and v.voided_at is null
           left join program p on p.id = v.program left join kpi_old_key k on k.person_key = v.person_key""",
        *([code for code, _ in cells], [day for _, day in cells]),
    )
    return [dict(row) for row in rows]


async def list_beginnings(body: str | None = None) -> list[Beginning]:
    """Where numbers from before the service were brought in: since when they are, and since when the service counts."""
    return [Beginning(**row) for row in await db.fetch(_BEGINNINGS, body)]


async def list_breaks(body: str | None = None) -> list[Break]:
    """The days the way of counting changes, of one body's facilities or of all: derived from what is counted."""
    return [
        Break(facility=each.facility, on=each.counted_on)
        for each in await list_beginnings(body)
        if each.counted_on is not None and each.counted_on > each.imported_on
    ]


async def has_certified_visits(upload_id: UUID) -> bool:
    """Whether a file brought visits into a month that is certified."""
    return bool(
        await db.fetchval(
            """select exists (
                 select 1 from visit v join facility f on f.id = v.facility join body b on b.id = f.body
                 join kpi_certification k on k.body in ('', b.code)
                   and v.visited_on >= k.starts_on and v.visited_on < k.until_on
                 where v.import_id = $1 and v.voided_at is null)""",
            upload_id,
        )
    )


async def list_totals(facilities: Sequence[str]) -> list[KeptTotal]:
    """Every total ever brought in of these facilities: by facility and month, the one that counts first."""
    rows = await db.fetch(
        f"""{_TOTALS} where f.code = any($1::text[])
            order by f.code, c.month_on, c.replaced_at is not null, c.imported_at desc, c.id desc""",
        list(facilities),
    )
    return [msgspec.convert(dict(row), KeptTotal) for row in rows]


async def find_total(total_id: UUID) -> KeptTotal | None:
    """One of them."""
    row = await db.fetchrow(f"{_TOTALS} where c.id = $1", total_id)
    return None if row is None else msgspec.convert(dict(row), KeptTotal)


async def find_upload(upload_id: UUID) -> UploadView | None:
    """A file that was handed in, and what it would do or has done."""
    row = await db.fetchrow(f"{_UPLOADS} where u.id = $1", upload_id)
    return None if row is None else _upload(row)


async def list_uploads(bodies: Sequence[str]) -> list[UploadView]:
    """The files of these bodies that were committed, the newest first."""
    rows = await db.fetch(
        f"{_UPLOADS} where b.code = any($1::text[]) and u.committed_at is not null order by u.committed_at desc, u.id",
        list(bodies),
    )
    return [_upload(row) for row in rows]


def _upload(row: Any) -> UploadView:
    given = {**with_words(row, "body_names"), "report": msgspec.json.decode(row["report"], type=UploadReport)}
    return UploadView(**{**given, "kind": Upload(row["kind"])})


async def lock_upload(upload_id: UUID, since: datetime) -> str | None:
    """The sealed rows of a file that was not committed yet, locked until the transaction ends."""
    found: str | None = await db.fetchval(
        "select content from kpi_upload where id = $1 and committed_at is null and uploaded_at > $2 for no key update",
        *(upload_id, since),
    )
    return found
