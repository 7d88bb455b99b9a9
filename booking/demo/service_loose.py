"""Filling big tables fast: their indexes and references are taken away and made again, all in one transaction.

What they guarantee is checked for every row when they are made again; a process that is killed leaves the tables as
they were.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import asyncpg

from booking.kit import db

PATIENCE_SECONDS = 3600
_PARTS = """
select format('alter table %s drop constraint %I', t.name, c.conname) as drop,
       format('alter table %s add constraint %I %s', t.name, c.conname, pg_get_constraintdef(c.oid)) as make
from unnest($1::text[]) as t(name) join pg_constraint c on c.conrelid = t.name::regclass and c.contype = 'f'
union all
select format('drop index %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
from unnest($1::text[]) as t(name) join pg_index i on i.indrelid = t.name::regclass
where not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid)
"""


@asynccontextmanager
async def loosened(tables: Sequence[str]) -> AsyncIterator[asyncpg.Connection]:
    """A transaction in which these tables have no secondary index and refer to nothing, until it ends."""
    async with db.transaction() as connection:
        parts = await connection.fetch(_PARTS, list(tables))
        for part in parts:
            await connection.execute(part["drop"])
        yield connection
        await connection.execute("set local maintenance_work_mem = '256MB'")
        for part in sorted(parts, key=lambda part: str(part["make"]).startswith("alter")):
            await connection.execute(part["make"], timeout=PATIENCE_SECONDS)
        for table in tables:
            await connection.execute(f"analyze {table}", timeout=PATIENCE_SECONDS)
