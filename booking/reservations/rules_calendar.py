"""Reservations as calendar programs read them: times and place codes, no name of a person or a program.

Source: RFC 5545; RFC 7986 for the name and how often to look again.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from booking.reservations.rules import ReservationState
from booking.reservations.schemas import ReservationView

OCTETS = 75
"""The longest line, without its end."""
SHOWN = (
    ReservationState.OFFERED,
    ReservationState.CONFIRMED,
    ReservationState.ARRIVED,
    ReservationState.CANCELLED,
    ReservationState.RELEASED,
    ReservationState.EXPIRED,
)
"""What a calendar holds: seats, and those that are no more, so that a program takes them out."""
_STATUS = {
    ReservationState.CONFIRMED: "CONFIRMED",
    ReservationState.ARRIVED: "CONFIRMED",
    ReservationState.OFFERED: "TENTATIVE",
    ReservationState.WAITING: "TENTATIVE",
    ReservationState.APPLIED: "TENTATIVE",
}


def to_calendar(reservations: Iterable[ReservationView], now: datetime, name: str = "") -> str:
    """A calendar of these reservations; with a name it is one to come back to, every hour."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//booking//reservations//EN", "METHOD:PUBLISH"]
    if name:
        lines += [f"NAME:{escape(name)}", f"X-WR-CALNAME:{escape(name)}"]
        lines += ["REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H"]
    for each in reservations:
        lines += _event(each, now)
    return "".join(f"{fold(line)}\r\n" for line in (*lines, "END:VCALENDAR"))


def _event(reservation: ReservationView, now: datetime) -> list[str]:
    status = _STATUS.get(ReservationState(reservation.state), "CANCELLED")
    return [
        "BEGIN:VEVENT",
        f"UID:{reservation.id}",
        f"SEQUENCE:{int(status == 'CANCELLED')}",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(reservation.starts_at)}",
        f"DTEND:{_utc(reservation.ends_at)}",
        f"SUMMARY:{escape(reservation.facility_code)}",
        f"LOCATION:{escape(reservation.place_code)}",
        f"STATUS:{status}",
        "END:VEVENT",
    ]


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def escape(text: str) -> str:
    """A text as a value of type TEXT."""
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n")):
        text = text.replace(plain, escaped)
    return text


def fold(line: str) -> str:
    """A line in pieces of at most 75 octets, no character cut in two; every piece but the first begins with a space."""
    pieces, piece, room = [], "", OCTETS
    for character in line:
        size = len(character.encode())
        if size > room:
            pieces.append(piece)
            piece, room = "", OCTETS - 1
        piece += character
        room -= size
    return "\r\n ".join([*pieces, piece])
