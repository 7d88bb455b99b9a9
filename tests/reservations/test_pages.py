"""Residents' pages without JavaScript, as a browser gets them."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from booking.kit import clock as house_clock
from booking.kit import db as house_db
from tests.conftest import Clock
from tests.make.access import make_account, make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.people import make_guardianship, make_member, make_protected
from tests.make.programs import make_program, make_session
from tests.make.reservations import make_reservation

pytestmark = pytest.mark.anyio


async def family(client: httpx.AsyncClient, grade: int | None = 8, **columns: Any) -> tuple[Any, Any, Any]:
    """A signed-in guardian with a child, and a session for it."""
    account = await make_account()
    session = await make_session(**columns)
    child = await make_member(grade, account=account, body=session.body_code)
    await sign_in(client, account)
    return account, session, child


async def read(client: httpx.AsyncClient, address: str, status: int = 200) -> str:
    """A page as text."""
    answer = await client.get(address)
    assert answer.status_code == status, answer.text[:2000]
    return answer.text


async def test_finding_a_session(client: httpx.AsyncClient, clock: Clock) -> None:
    """The first day of the week with sessions; the row says places, seats and state."""
    session = await make_session(walk_in=3)
    await make_reservation(session)
    html = await read(client, "/sessions")
    assert "11月22日（日）" in html and f'href="/sessions/{session.id}"' in html
    assert "○ 空席あり" in html and "のこり 9席。当日の席が 3" in html and "小学1年〜高校3年と大人" in html
    assert 'aria-current="date"' in html
    english = await read(client, "/sessions?lang=en")
    assert "Trial Time" in english and "Trial House" in english


async def test_the_readers_own_seat_is_yellow(client: httpx.AsyncClient, clock: Clock) -> None:
    """Only for the family itself; a protected child's seat is a stranger's for everybody else."""
    account, session, child = await family(client)
    await make_reservation(session, child)
    html = await read(client, "/sessions")
    assert "たろうさんの予約あり" in html and 'class="mine"' in html
    other = await make_member(account=account, body=session.body_code)
    await make_reservation(session, other)
    assert "2人の予約あり" in await read(client, "/sessions")
    await make_protected(child)
    await make_protected(other)
    html = await read(client, "/sessions")
    assert "たろう" not in html and "○ 空席あり" in html


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("grade=5", True),
        ("grade=7", False),
        ("grade=adult", False),
        ("grade=nonsense", True),
        ("available=1", True),
        ("on=2026-11-23", False),
        ("on=2026-11-22", True),
        ("on=1999-01-01&from=x", True),
        ("from=2026-11-28", False),
        ("facility=nowhere", True),
        ("part=9999999999", True),
        ("part=-1", True),
    ],
)
async def test_filters_are_links_and_a_form(client: httpx.AsyncClient, clock: Clock, query: str, found: bool) -> None:
    """Nonsense is read as nothing asked."""
    program = await make_program(grades=(1, 6), adults=False)
    session = await make_session(program=program)
    html = await read(client, f"/sessions?{query}")
    assert (f'href="/sessions/{session.id}"' in html) is found
    assert found or "できること" in html


async def test_a_full_session_is_no_free_one(client: httpx.AsyncClient, clock: Clock) -> None:
    """With the filter it goes; without it stands there as full."""
    session = await make_session(seats=1)
    await make_reservation(session)
    assert "× 満席" in await read(client, "/sessions")
    assert f'href="/sessions/{session.id}"' not in await read(client, "/sessions?on=2026-11-22&available=1")
    html = await read(client, f"/sessions/{session.id}")
    assert "全部うまっています" in html and "<form" not in html.split("<main", 1)[1].split("</main>", 1)[0]


async def test_a_days_list_is_small_and_cheap(
    client: httpx.AsyncClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At most five statements and 60 kB, however many sessions the day has."""
    facility = await make_facility()
    program = await make_program(facility=facility)
    account = await make_account()
    await make_member(account=account, body=facility.body_code)
    await make_member(account=account, body=facility.body_code)
    start = house_clock.now() + timedelta(hours=1)
    for n in range(60):
        await make_session(seats=20, facility=facility, program=program, starts_at=start + timedelta(minutes=n))
    await sign_in(client, account)
    await read(client, "/sessions")
    asked: list[str] = []
    keep = house_db.fetch, house_db.fetchrow

    def counting(real: Any) -> Any:
        async def count(sql: str, *args: Any) -> Any:
            asked.append(sql)
            return await real(sql, *args)

        return count

    monkeypatch.setattr(house_db, "fetch", counting(keep[0]))
    monkeypatch.setattr(house_db, "fetchrow", counting(keep[1]))
    html = await read(client, "/sessions")
    assert len(asked) <= 5, asked
    assert len(html.encode()) <= 60_000
    assert html.count('class="session"') == 40 and "1 / 2 ページ" in html
    assert (await read(client, "/sessions?part=2")).count('class="session"') == 20


async def test_booking_from_the_page(client: httpx.AsyncClient, clock: Clock) -> None:
    """The only child is ticked; the form posts and redirects; the ticket shows the seat; the list has it."""
    account, session, child = await family(client)
    html = await read(client, f"/sessions/{session.id}")
    assert re.search(rf'value="{child.id}" checked', html)
    answer = await client.post(f"/sessions/{session.id}", data={"member": str(child.id), "assistance": "筆談"})
    assert answer.status_code == 303, answer.text[:1500]
    booked = await read(client, answer.headers["location"])
    assert "予約できました" in booked and "たろうさんの席" in booked and account.email in booked
    assert f"/pass/{child.id}" in booked and ".ics" in booked
    listed = await read(client, "/bookings")
    assert "ためしの時間" in listed and "取り消す" in listed
    html = await read(client, f"/sessions/{session.id}")
    assert "もう予約してあります" in html and "予約の一覧を見る" in html


async def test_who_cannot_is_shown_with_a_reason_and_a_way_on(client: httpx.AsyncClient, clock: Clock) -> None:
    """Never hidden, never just grey."""
    account = await make_account()
    program = await make_program(grades=(7, 12), adults=False)
    session = await make_session(program=program)
    young = await make_member(5, account=account, body=session.body_code, shown_name="ゆい")
    await make_member(8, account=account, body="100005", shown_name="そうた")
    await sign_in(client, account)
    html = await read(client, f"/sessions/{session.id}")
    assert "ゆいさんは、小学5年が行ける回に参加できます" in html and 'href="/sessions?grade=5"' in html
    assert "そうたさんは、ためし館をはじめて使います" in html and f"/consent/{session.body_code}" in html
    answer = await client.post(f"/sessions/{session.id}", data={"member": str(young.id)})
    assert answer.status_code == 409 and 'role="alert"' in answer.text


@pytest.mark.parametrize("data", [{}, {"member": "x"}])
async def test_nobody_chosen_is_said_at_the_form(client: httpx.AsyncClient, clock: Clock, data: dict[str, str]) -> None:
    """The form comes again with what was written."""
    _, session, _ = await family(client)
    answer = await client.post(f"/sessions/{session.id}", data={**data, "assistance": "ゆっくり話す"})
    assert answer.status_code == 422
    assert "だれが参加するか、えらんでください" in answer.text and "ゆっくり話す" in answer.text


async def test_without_sign_in_or_family_there_is_a_way_on(client: httpx.AsyncClient, clock: Clock) -> None:
    """Sign in, or register somebody, and come back here."""
    session = await make_session()
    assert f"/sign-in?next=/sessions/{session.id}" in await read(client, f"/sessions/{session.id}")
    answer = await client.post(f"/sessions/{session.id}", data={"member": str(session.id)})
    assert answer.status_code == 401
    await sign_in(client, await make_account())
    assert "参加する人を登録する" in await read(client, f"/sessions/{session.id}")


async def test_a_draft_is_not_there(client: httpx.AsyncClient, clock: Clock) -> None:
    """Nor is a session that never was."""
    session = await make_session(state="draft")
    await read(client, f"/sessions/{session.id}", 404)
    await read(client, f"/sessions/{session.program_id}", 404)


async def test_a_cancelled_session_says_so(client: httpx.AsyncClient, clock: Clock) -> None:
    """Whoever follows an old link learns it and finds others."""
    session = await make_session(state="cancelled")
    html = await read(client, f"/sessions/{session.id}")
    assert "とりやめ" in html and "ほかの回をさがす" in html


async def test_cancelling_and_taking_it_back(client: httpx.AsyncClient, clock: Clock) -> None:
    """Done at once, with 元にもどす; when the seat is gone meanwhile, the list says so."""
    _, session, child = await family(client, seats=1)
    held = await make_reservation(session, child)
    answer = await client.post(f"/bookings/{held.id}/cancel")
    assert answer.status_code == 303
    html = await read(client, answer.headers["location"])
    assert (
        "予約を取り消しました" in html
        and f"/bookings/{held.id}/restore" in html
        and "これからの予約はありません" in html
    )
    answer = await client.post(f"/bookings/{held.id}/restore")
    assert answer.status_code == 303
    again = await house_db.fetchval("select id from reservation where state = 'confirmed'")
    await client.post(f"/bookings/{again}/cancel")
    await make_reservation(session)
    answer = await client.post(f"/bookings/{again}/restore")
    assert answer.status_code == 409 and "最後の席が、いま埋まりました" in answer.text


async def test_too_late_to_cancel_is_said_where_one_is(client: httpx.AsyncClient, clock: Clock) -> None:
    """The button has gone, and pressing an old one says why."""
    _, session, child = await family(client)
    held = await make_reservation(session, child)
    clock.set(session.cancel_until)
    assert "取り消しの時間がすぎました" in await read(client, "/bookings")
    answer = await client.post(f"/bookings/{held.id}/cancel")
    assert answer.status_code == 409 and "取り消せるのは" in answer.text


async def test_strangers_find_nothing(client: httpx.AsyncClient, clock: Clock) -> None:
    """Another family's ticket, cancellation and undo read as if they were not there."""
    held = await make_reservation()
    gone = await make_reservation(state="cancelled")
    await sign_in(client, await make_account())
    await read(client, f"/bookings/{held.id}/booked", 404)
    assert (await client.post(f"/bookings/{held.id}/cancel")).status_code == 404
    assert (await client.post(f"/bookings/{gone.id}/restore")).status_code == 404
    html = await read(client, f"/bookings?cancelled={gone.id}")
    assert "元にもどす" not in html and "たろう" not in html


async def test_an_order_shows_only_ones_own_family(client: httpx.AsyncClient, clock: Clock) -> None:
    """Two children in one order, one of them protected from this account."""
    account, session, child = await family(client)
    sister = await make_member(account=account, body=session.body_code, shown_name="ゆい")
    mine = await make_reservation(session, child)
    await make_reservation(session, sister, order_id=mine.order_id)
    assert "たろうさんとゆいさんの席" in await read(client, f"/bookings/{mine.id}/booked")
    await make_protected(sister)
    assert "ゆい" not in await read(client, f"/bookings/{mine.id}/booked")


async def test_history_is_for_confirmed_guardians(client: httpx.AsyncClient, clock: Clock) -> None:
    """A claim sees what is coming only."""
    account = await make_account()
    session = await make_session(starts_at=house_clock.now() - timedelta(days=3))
    child = await make_member(body=session.body_code)
    await make_guardianship(child, account, confirmed=False)
    await make_reservation(session, child, state="arrived")
    await sign_in(client, account)
    assert "まだ利用はありません" in await read(client, "/bookings?past=1")
    await house_db.execute("update guardianship set state = 'confirmed'")
    html = await read(client, "/bookings?past=1")
    assert "来ました" in html and "取り消す" not in html


async def test_the_first_page_shows_what_is_coming(client: httpx.AsyncClient, clock: Clock) -> None:
    """To the family alone."""
    _, session, child = await family(client)
    await make_reservation(session, child)
    assert "たろうさんの席" in await read(client, "/")
    client.cookies.clear()
    assert "たろうさんの席" not in await read(client, "/")


async def test_staff_find_the_roster_from_the_session(client: httpx.AsyncClient, clock: Clock) -> None:
    """They have no family here."""
    session = await make_session()
    await sign_in(client, await make_staff())
    assert f"/staff/sessions/{session.id}" in await read(client, f"/sessions/{session.id}")


async def test_a_session_says_how_one_gets_in(client: httpx.AsyncClient, clock: Clock) -> None:
    """The facility's items stand on every session's page, with what nobody has checked yet."""
    session = await make_session()
    await house_db.execute(
        "insert into facility_accessibility (id, facility, item, presence, note, changed_at) values"
        " (gen_random_uuid(), $1, 'ramp-lift', 1, '東の入口', $2)",
        *(session.facility_id, house_clock.now()),
    )
    html = await read(client, f"/sessions/{session.id}")
    assert "スロープかエレベーター" in html and "東の入口" in html and "まだ確かめていないこと" in html
    assert "東の入口" in await read(client, f"/facilities/{session.facility_code}")
