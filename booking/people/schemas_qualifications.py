"""What staff write about qualifications."""

import msgspec


class QualificationForm(msgspec.Struct, kw_only=True):
    """A qualification to be added; `names` in the order of the other languages."""

    body: str
    name: str
    code: str
    names: list[str] = []


class GrantForm(msgspec.Struct, kw_only=True):
    """Which qualification a member gets."""

    qualification: str
