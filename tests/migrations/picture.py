"""`migrations/schema.sql`: the picture of the schema that reviewers read. `python -m tests.migrations.picture` redraws it.

Drawn from the catalogue, so that it is the same on every version of PostgreSQL.
"""

import asyncio
import tempfile
from pathlib import Path

import asyncpg

from booking.kit import migrations
from booking.kit.paths import MIGRATIONS
from booking.kit.postgres_server import PostgresServer

PICTURE = MIGRATIONS / "schema.sql"
HEAD = "-- The schema as the migrations make it. Redraw: python -m tests.migrations.picture\n"

COLUMNS = """
select c.relname, a.attname, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull,
  pg_get_expr(d.adbin, d.adrelid) as fallback
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname <> 'migration'
order by c.relname, a.attnum
"""
CONSTRAINTS = """
select c.relname, k.conname, pg_get_constraintdef(k.oid) as said from pg_constraint k join pg_class c on c.oid = k.conrelid
where c.relnamespace = 'public'::regnamespace and k.contype in ('p', 'u', 'f', 'c', 'x') and c.relname <> 'migration'
order by c.relname, k.contype, k.conname
"""
INDEXES = """
select c.relname, pg_get_indexdef(i.indexrelid) as said from pg_index i join pg_class c on c.oid = i.indrelid
join pg_class n on n.oid = i.indexrelid
where c.relnamespace = 'public'::regnamespace and c.relname <> 'migration'
  and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
order by c.relname, n.relname
"""


async def draw(dsn: str) -> str:
    """The schema of a database as text."""
    connection = await asyncpg.connect(dsn)
    try:
        columns = await connection.fetch(COLUMNS)
        constraints = await connection.fetch(CONSTRAINTS)
        indexes = await connection.fetch(INDEXES)
    finally:
        await connection.close()
    parts = [HEAD]
    for table in sorted({row["relname"] for row in columns}):
        lines = [_column(row) for row in columns if row["relname"] == table]
        lines += [f"constraint {row['conname']} {row['said']}" for row in constraints if row["relname"] == table]
        parts.append(f'create table "{table}" (\n  ' + ",\n  ".join(lines) + "\n);")
        parts += [f"{row['said'].replace(' public.', ' ')};" for row in indexes if row["relname"] == table]
        parts.append("")
    return "\n".join(parts)


def _column(row: asyncpg.Record) -> str:
    words = [f'"{row["attname"]}"', row["type"]]
    if row["attnotnull"]:
        words.append("not null")
    if row["fallback"] is not None:
        words.append(f"default {row['fallback']}")
    return " ".join(words)


async def _redraw() -> None:
    with tempfile.TemporaryDirectory(prefix="booking-schema-") as folder:
        Path(folder).chmod(0o755)
        server = PostgresServer(Path(folder) / "data", options={"fsync": "off"})
        server.start()
        try:
            await migrations.migrate(server.dsn)
            PICTURE.write_text(await draw(server.dsn), encoding="utf-8")
        finally:
            server.stop()


if __name__ == "__main__":
    asyncio.run(_redraw())
