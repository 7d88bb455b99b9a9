"""The texts people agree to: one provisional text per body until the body has written its own."""

import tomllib
from importlib.resources import files

import msgspec

from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.kit.words import read_words, say_words, words_sql

_INSERT = """
insert into consent_text (id, body, version, valid_from_on, guardian_below_years, text_ja, translations, provisional)
values ($1, $2, 1, $3, $4, $5, $6::jsonb, true) on conflict on constraint consent_text_version_unique do nothing"""


class _Shipped(msgspec.Struct):
    guardian_below_years: int
    text: dict[str, str]


async def seed_consent_texts() -> int:
    """Give every body that has no text yet the provisional one; how many were given.

    Safe: repeated and concurrent; a text that is there is never changed.
    """
    raw = files("booking.people").joinpath("consent.toml").read_text(encoding="utf-8")
    shipped = msgspec.convert(tomllib.loads(raw), _Shipped)
    given = 0
    async with db.transaction():
        for body in await db.fetch(f"select id, name, {words_sql('name', 'names')} as names from body order by code"):
            names = read_words(body["names"])
            said = {
                language: text.strip().format(body=say_words(names, language))
                for language, text in shipped.text.items()
            }
            done = await db.execute(
                _INSERT,
                *(new_id(), body["id"], clock.fiscal_span(clock.fiscal_year(clock.today()))[0]),
                *(shipped.guardian_below_years, said.pop("ja"), msgspec.json.encode(said).decode()),
            )
            given += done.endswith(" 1")
    return given
