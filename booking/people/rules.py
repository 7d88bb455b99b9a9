"""Who a member is: grade, stage, number, rights of a guardian. From values alone."""

from enum import StrEnum


class HouseholdRole(StrEnum):
    """How an account belongs to a household: looks after members, or is its own member."""

    GUARDIAN = "guardian"
    SELF = "self"


class GuardianshipState(StrEnum):
    """Claimed by whoever registered the child, confirmed once the desk has seen both."""

    CLAIMED = "claimed"
    CONFIRMED = "confirmed"


class Preferred(StrEnum):
    """The channel a household asks for."""

    MAIL = "mail"
    LINE = "line"
    PHONE = "phone"
    LETTER = "letter"


class SchoolStage(StrEnum):
    """Stages the plan's tables use."""

    PRESCHOOL = "preschool"
    ELEMENTARY = "elementary"
    JUNIOR_HIGH = "junior-high"
    HIGH = "high"
    ADULT = "adult"
