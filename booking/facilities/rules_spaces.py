"""What staff write about rooms, read and checked."""

import re

from booking.facilities.errors import FacilityFormRefused, MoreWheelchairsThanPlaces, SpaceCodeUnusable
from booking.facilities.schemas_forms import SpaceForm, SpaceValues
from booking.kit.fields import Fields

LONGEST_NAME, MOST_PEOPLE = 60, 5_000


def check_space(form: SpaceForm, *, is_new: bool = False) -> SpaceValues:
    """Raises: FacilityFormRefused."""
    read = Fields()
    if is_new and re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", form.code) is None:
        read.refuse("code", SpaceCodeUnusable())
    names = read.words_in_languages(("name", "names"), form.name, form.names, longest=LONGEST_NAME)
    capacity = read.number("capacity", form.capacity, low=1, high=MOST_PEOPLE)
    wheelchairs = read.number("wheelchair_places", form.wheelchair_places, low=0, high=MOST_PEOPLE, is_needed=False)
    if capacity is not None and wheelchairs is not None and wheelchairs > capacity:
        read.refuse("wheelchair_places", MoreWheelchairsThanPlaces())
    read.refuse_if_any(FacilityFormRefused)
    assert capacity is not None
    return SpaceValues(name=names["ja"], names=names, capacity=capacity, wheelchair_places=wheelchairs)
