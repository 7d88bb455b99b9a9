"""Reading what staff type about readings and scopes."""

import re
from collections.abc import Collection

from booking.kit.fields import Fields
from booking.kpi.errors import CodeImpossible, CodeTaken, DefinitionRefused
from booking.kpi.rules import Places, Unit
from booking.kpi.schemas_definitions import ConfirmForm, DefinitionForm, NewDefinition, ScopeForm

LONGEST_NAME, LONGEST_REASON = 60, 400
LONGEST_STAY_MINUTES = 240
_CODE = re.compile(r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
LONGEST_CODE = 40


def check_definition(form: DefinitionForm, scopes: Collection[str]) -> NewDefinition:
    """Raises: DefinitionRefused."""
    read = Fields()
    names = read.words_in_languages(("name", "names"), form.name, form.names, longest=LONGEST_NAME)
    reason = read.words("reason", form.reason, longest=LONGEST_REASON)
    scope = read.choice("scope", form.scope, tuple(scopes))
    unit = read.choice("unit", form.unit, tuple(Unit))
    places = read.choice("places", form.places, tuple(Places))
    stay = read.number("min_stay_minutes", form.min_stay_minutes or "0", low=0, high=LONGEST_STAY_MINUTES)
    read.refuse_if_any(DefinitionRefused)
    assert scope is not None and unit is not None and places is not None and stay is not None
    return NewDefinition(
        name=names["ja"],
        names=names,
        scope=scope,
        unit=Unit(unit),
        reason=reason,
        places=Places(places),
        min_stay_minutes=stay,
        counts_trials=form.counts_trials,
        counts_groups=form.counts_groups,
        counts_staff_entries=form.counts_staff_entries,
        counts_imports=form.counts_imports,
    )


def check_confirmation(form: ConfirmForm) -> tuple[str, str, str]:
    """Name, office and document. Raises: DefinitionRefused."""
    read = Fields()
    name = read.words("confirmed_by", form.confirmed_by, longest=LONGEST_NAME)
    office = read.words("confirmed_office", form.confirmed_office, longest=LONGEST_NAME)
    document = read.words("document", form.document, longest=LONGEST_REASON)
    read.refuse_if_any(DefinitionRefused)
    return name, office, document


def check_scope(
    form: ScopeForm, taken: Collection[str], facilities: Collection[str], programs: Collection[str]
) -> tuple[str, dict[str, str], list[str], list[str]]:
    """Name, its other languages, facilities and programs. Raises: DefinitionRefused."""
    read = Fields()
    names = read.words_in_languages(("name", "names"), form.name, form.names, longest=LONGEST_NAME)
    if not _CODE.match(form.code) or len(form.code) > LONGEST_CODE:
        read.refuse("code", CodeImpossible())
    elif form.code in taken:
        read.refuse("code", CodeTaken())
    for field, chosen, known in (("facilities", form.facilities, facilities), ("programs", form.programs, programs)):
        for each in chosen:
            read.choice(field, each, tuple(known))
    read.refuse_if_any(DefinitionRefused)
    return names.pop("ja"), names, sorted({*form.facilities}), sorted({*form.programs})
