"""A verdict as it goes out: in the language of whoever asked, with the keys their kiosk knows. From values alone."""

from collections.abc import Mapping
from uuid import UUID

from msgspec.structs import replace

from booking.facilities.schemas import FacilityView
from booking.kit.words import say_words
from booking.programs.schemas import SessionView
from booking.visits import sentences
from booking.visits.rules_batch import Result
from booking.visits.schemas import Choice, Verdict
from booking.visits.schemas_facts import Reference

JAPANESE = ("ja", "ja-easy")


def answer_in(result: Result, known: Reference, keys: Mapping[tuple[UUID, UUID], UUID]) -> Verdict:
    """The verdict for the one who asked. What is stored stays Japanese and without sentence."""
    language, said = result.entry.shown.asked.language, result.outcome.verdict
    if language not in JAPANESE and said.label:
        said = replace(said, label=_label(said.session, said.facility, known, language) or said.label)
    if said.choices:
        said = replace(said, choices=tuple(_choice(one, result, known, keys) for one in said.choices))
    return replace(said, nonce=result.entry.shown.scan.nonce, sentence=_sentence(said, language))


def _sentence(said: Verdict, language: str) -> str:
    """What the kiosk says; nothing for a code that some kiosk made up."""
    try:
        return sentences.say(said, language)
    except KeyError:
        return ""


def _choice(choice: Choice, result: Result, known: Reference, keys: Mapping[tuple[UUID, UUID], UUID]) -> Choice:
    language, kiosk = result.entry.shown.asked.language, result.entry.door.kiosk
    kind, _, name = choice.id.partition(":")
    if kind == "member" and kiosk is not None:
        return replace(choice, id=f"member:{keys[kiosk.id, UUID(name)]}")
    if language in JAPANESE:
        return choice
    return replace(choice, label=_label(choice.session, choice.facility, known, language) or choice.label)


def _label(session_id: UUID | None, code: str | None, known: Reference, language: str) -> str:
    session = known.sessions.get(session_id) if session_id is not None else None
    if session is not None:
        return session_name(session, language)
    place = next((one for one in known.facilities.values() if one.code == code), None)
    return facility_name(place, language) if place is not None else ""


def session_name(session: SessionView, language: str) -> str:
    """A session by its title, else by its program's name, in a language."""
    return say_words(session.titles or session.program_names, language)


def facility_name(place: FacilityView, language: str) -> str:
    """A facility's name in a language."""
    return say_words(place.names, language)
