"""What the doors are sent when they are used as meant: what fields are filled with, and files."""

from datetime import date, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from booking.kit import clock
from booking.reservations.rules_points import BOUNDS
from tests.make import kpi

HERE, ELSEWHERE = "100005", "102032"
PHONE = "+819055550123"
NAMES = {
    "family_name": "金糸雀",
    "given_name": "鳴",
    "family_kana": "かなりや",
    "given_kana": "めい",
    "shown_name": "カナリヤ",
}
WORDS = {
    "reason": "たしかめました",
    "called": "ためしの電話",
    "step": "print",
    "how": "safe",
    "entered_at": "09:00",
    "left_at": "09:30",
    "time": "11:00",
    "came": "3",
    "heads": "3",
    "count": "2",
    "of": "visitor",
    "heads_of": "visitor",
    "way": "in",
    "direction": "in",
    "name": "だれか",
    "role": "front-desk",
    "scope": "100005",
    "label": "しるし",
    "grade": "5",
    "pin": "4826",
    "body": "100005",
    "card": "1",
    "phone": "090-1234-5678",
    "language": "ja",
    "relation": "mother",
    "q": "",
    "web_seats": "5",
    "walk_in_seats": "5",
    "capacity": "9",
    "kind": "closed",
    "starts": "10:00",
    "ends": "12:00",
    "weekday": "3",
    "category": "drop-in",
    "brand": "tsukurun",
    "family_name": "かり",
    "given_name": "だれか",
    "family_kana": "かり",
    "given_kana": "だれか",
    "min_grade": "1",
    "max_grade": "9",
    "on_holiday": "open",
    "birth_on_year": "2014",
    "birth_on_month": "5",
    "birth_on_day": "5",
    "entry_opens_minutes": "30",
    "late_minutes": "15",
    "no_show_minutes": "20",
    "busy_percent": "60",
    "full_percent": "100",
    "booking_opens_days": "7",
    "booking_opens_time": "09:00",
    "booking_closes_minutes": "30",
    "cancel_until_minutes": "60",
    "roll_over_minutes": "30",
    "quota": "2",
    "min_age": "6",
    "max_age": "18",
    "names": ["", "Something"],
    "address": "群馬県ためし市1",
    "text": "ためしの課",
    "texts": ["", "Something"],
    "session": "",
    "door_code": "",
    "public_number": "7",
    "public_name": "ためしの数",
    "public_on": "2027-12-01",
    "confirm_hours": "48",
    "no_show_points": "2",
    "late_cancel_points": "1",
    "late_cancel_minutes": "60",
    "limit_points": "4",
    "counted_days": "90",
    "pause_days": "30",
    "seen": "",
    "unit": "person_days",
    "places": "each",
    "min_stay_minutes": "0",
    "confirmed_by": "だれか",
    "confirmed_office": "ためし課",
    "document": "ためし 第1号",
}
"""What fields are filled with that depend on nothing."""
SPAN = {"starts": "10:00", "ends": "12:00"}
FILES_OF_A_YEAR = ("/staff/kpi/report.", "/staff/kpi/closing/export.", "/staff/kpi/closing/hand-over.")
HANDED = kpi.make_handed("tsukurun-kiryu", Ed25519PrivateKey.generate())
"""A total signed by a key that nobody trusts."""
LIST = "氏,名,学年,電話番号\n名簿,一,小5,0272231111\n".encode()
"""A list of registrants as a file."""
OLD = {"method": "ためしの紙", "document": "ためし 第2号", "author": "ためし課"}
TOTALS = "場所のコード,年月,延べ人日\ncanary-house,2026-05,300\n".encode()
OLD_VISITS = "日,場所のコード,来た時刻,人数\n2026-02-05,canary-house,10:00,3\n".encode()
"""A total from before the service as a file, and where it comes from."""
POPULATIONS = "市町村,6歳から18歳の人口\n前橋市,9\n".encode()
"""Populations as a file."""


def of_closing(path: str, day: date) -> dict[str, str]:
    """What certifies the month before."""
    if "/kpi/closing" not in path and not path.endswith("/kpi/certifications"):
        return {}
    month = (day.replace(day=1) - timedelta(days=1)).isoformat()[:7]
    return {"month": month, "fiscal_year": "", "office": "ためし課", "note": "ためしの理由", "shown": ""}


def of_personal_data(path: str, ids: dict[str, str]) -> dict[str, Any]:
    """Who goes, who stays when two records become one, and how long what is kept."""
    if path.endswith("/erase"):
        return {"number": ids["spare_number"], "who": "member", "household": False, "sure": "1", "alone": "1"}
    if path.endswith("members/{member_id:uuid}/merge"):
        return {"number": ids["other_number"], "into": ids["other_id"], "dry_run": False}
    is_term = path.startswith("/staff/retention")
    return {"kind": "messages", "months": "24", "count": "0"} if is_term else {}


def uploaded(path: str) -> dict[str, Any]:
    """A file with what is said of it."""
    if path.endswith("/kpi/populations"):
        said = {"as_of_on": clock.today().isoformat(), "document": "ためし 第1号", "author": "だれか"}
        return {"data": said, "files": {"file": ("populations.csv", POPULATIONS, "text/csv")}}
    if "/kpi/handed-over" in path:
        return {"files": {"file": ("total.json", HANDED, "application/json")}}
    if "/kpi/imports" in path:
        rows = OLD_VISITS if path.endswith("/visits") else TOTALS
        return {"data": {"body": HERE, **OLD}, "files": {"file": ("old.csv", rows, "text/csv")}}
    return {"data": {"body": HERE}, "files": {"file": ("list.csv", LIST, "text/csv")}}


def of_report(path: str) -> dict[str, Any]:
    """What goes into the report of this year by hand."""
    if "/kpi/handed-over" in path:
        return {"content": HANDED.decode().strip(), "public_key": "A" * 43}
    if "/kpi/report" not in path:
        return {}
    day = clock.today()
    said = dict.fromkeys(("factors", "issues", "next_steps", "source"), "ためしの文")
    return {**said, "fiscal_year": str(clock.fiscal_year(day)), "kpi": "1", "value": "4", "as_of_on": day.isoformat()}


def of_ways(path: str) -> dict[str, Any]:
    """What the pages of providers and of moving an account take, and programs for the rule of points."""
    if path.startswith("/api/v1/staff/point-rules"):
        return {**{name: int(WORDS[name]) for name in BOUNDS}, "is_on": False, "counts_minors": False}
    if path.endswith(("{member_id:uuid}/export", "/privacy/export")):
        return {"asker": "guardian", "paper": "passport", "asked_on": clock.today().isoformat()}
    if path.endswith("{guardianship_id:uuid}/move"):
        return {"paper": "passport", "email": ""}
    if not path.startswith("/staff/providers"):
        return {}
    named = {"body_code": HERE, "kind": "oidc", "label": "ID", "issuer": "https://id.example.jp", "client_id": "c"}
    return {
        **named,
        "secret_name": "BOOKING_PROVIDER_100005_ID",
        "message_api": "",
        "message_secret_name": "",
        "hook_secret_name": "",
    }
