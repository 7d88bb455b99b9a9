"""What staff type about readings and scopes of the indicator."""

import msgspec

from booking.kit.fields import Texts
from booking.kpi.rules import Unit
from booking.kpi.schemas import CountingRules, Definition


class DefinitionForm(msgspec.Struct, kw_only=True):
    """A reading as it is typed; `names` in the order of the other languages, or as a mapping. A tick that is not there
    is a no. Units: `min_stay_minutes` minutes."""

    name: str
    names: Texts = []
    scope: str
    unit: str
    places: str
    reason: str
    min_stay_minutes: str = "0"
    counts_trials: bool = False
    counts_groups: bool = False
    counts_staff_entries: bool = False
    counts_imports: bool = False


class NewDefinition(CountingRules, frozen=True, kw_only=True):
    """The same, read."""

    name: str
    names: dict[str, str]
    scope: str
    unit: Unit
    reason: str


class DefinitionView(Definition, frozen=True, kw_only=True):
    """A reading as programs get it: `name` is the Japanese one of `names`."""

    names: dict[str, str]


class Definitions(msgspec.Struct, frozen=True, kw_only=True):
    """Every reading there is or was, the one in force first, then the newest."""

    items: list[DefinitionView]
    next_cursor: str | None = None


class DefinitionBody(CountingRules, frozen=True, kw_only=True):
    """A reading as a program sends it; `names` with Japanese. Units: `min_stay_minutes` minutes."""

    names: dict[str, str]
    scope: str
    unit: str
    reason: str


class ConfirmForm(msgspec.Struct, kw_only=True):
    """Who says that a reading is the right one: name, office, and the document that says so."""

    confirmed_by: str
    confirmed_office: str
    document: str


class ScopeForm(msgspec.Struct, kw_only=True):
    """One more selection of places and programs, by code; none chosen leaves nothing out."""

    code: str
    name: str
    names: list[str] = []
    facilities: list[str] = []
    programs: list[str] = []


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a reading would make of a fiscal year: scope → unit → number, now and then."""

    fiscal_year: int
    now: dict[str, dict[str, int]]
    then: dict[str, dict[str, int]]
    scope: str
    unit: Unit
