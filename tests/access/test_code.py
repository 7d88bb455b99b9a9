"""Sign-in by mailed digits: guessed, late, twice, elsewhere, and never telling who has an account."""

import asyncio
import re

import pytest
from httpx import AsyncClient

from booking.access import service, service_sign_in
from booking.access.errors import CodeExpired, TooManyAttempts, WrongAddress, WrongCode
from booking.access.schemas import NOBODY, AccountKind
from booking.kit import db as house_db
from tests.conftest import Clock
from tests.make.access import mailed_code, make_account, make_browser, make_staff, other_code, sign_in

pytestmark = pytest.mark.anyio
HERE = make_browser()


async def _prove(code: str, browser: object = HERE) -> None:
    await service_sign_in.prove_code(code, browser, before=NOBODY)  # type: ignore[arg-type]


async def test_a_new_address_becomes_a_resident(client: AsyncClient, clock: Clock) -> None:
    answer = await client.post("/sign-in", data={"email": " Hanako@Example.JP ", "next": "/bookings"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in/code?next=%2Fbookings")
    shown = await client.get("/sign-in/code?next=/bookings")
    assert "hanako@example.jp" in shown.text and 'autocomplete="one-time-code"' in shown.text
    code = await mailed_code("hanako@example.jp")
    answer = await client.post("/sign-in/code", data={"code": f"{code[:3]} {code[3:]}", "next": "/bookings"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/welcome")
    cookie = next(line for line in answer.headers.get_list("set-cookie") if line.startswith("booking="))
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie and "Secure" not in cookie
    actor = await service.actor_of_cookie(client.cookies["booking"])
    assert actor.account_kind is AccountKind.RESIDENT


async def test_a_known_address_goes_where_it_wanted(client: AsyncClient, clock: Clock) -> None:
    account = await make_account("a@example.jp")
    await client.post("/sign-in", data={"email": "a@example.jp", "next": "/bookings"})
    answer = await client.post("/sign-in/code", data={"code": await mailed_code("a@example.jp"), "next": "/bookings"})
    assert answer.headers["location"] == "/bookings"
    assert (await service.actor_of_cookie(client.cookies["booking"])).id == account.id


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "/\r\nx"]
)
async def test_nobody_is_sent_to_another_site(client: AsyncClient, clock: Clock, elsewhere: str) -> None:
    await make_account("a@example.jp")
    await client.post("/sign-in", data={"email": "a@example.jp", "next": elsewhere})
    answer = await client.post("/sign-in/code", data={"code": await mailed_code("a@example.jp"), "next": elsewhere})
    assert answer.headers["location"] == "/"


async def test_the_answer_does_not_tell_who_has_an_account(client: AsyncClient, clock: Clock) -> None:
    await make_account("known@example.jp")
    seen = []
    for email in ("known@example.jp", "other@example.jp"):
        answer = await client.post("/sign-in", data={"email": email, "next": ""})
        page = await client.get("/sign-in/code")
        seen.append((answer.status_code, answer.headers["location"], page.text.replace(email, "")))
        assert await mailed_code(email)
    assert seen[0] == seen[1]


async def test_nothing_personal_is_in_the_address(client: AsyncClient, clock: Clock) -> None:
    answer = await client.post("/sign-in", data={"email": "hanako@example.jp", "next": ""})
    assert "hanako" not in answer.headers["location"]


async def test_the_code_is_kept_as_a_digest_under_the_key(db: None, clock: Clock) -> None:
    await service_sign_in.request_code("a@example.jp", HERE)
    code = await mailed_code("a@example.jp")
    row = await house_db.fetchrow("select * from sign_in_code")
    assert row is not None and code not in str([row["code_digest"], row["device_digest"]])
    names = [entry["name"] for entry in await house_db.fetch("select name from attempt_window")]
    assert not any("example" in name for name in names)


async def test_a_code_works_once(db: None, clock: Clock) -> None:
    await service_sign_in.request_code("a@example.jp", HERE)
    code = await mailed_code("a@example.jp")
    results = await asyncio.gather(_prove(code), _prove(code), return_exceptions=True)
    assert sorted(type(each).__name__ for each in results) == ["CodeExpired", "NoneType"]
    assert await house_db.fetchval("select count(*) from account") == 1
    with pytest.raises(CodeExpired):
        await _prove(code)


async def test_two_browsers_prove_a_new_address_at_once(db: None, clock: Clock) -> None:
    there = make_browser("there")
    codes = []
    for browser in (HERE, there):
        clock.advance(seconds=1)
        await service_sign_in.request_code("a@example.jp", browser)
        codes.append(await mailed_code("a@example.jp"))
    await asyncio.gather(_prove(codes[0]), _prove(codes[1], there))
    assert await house_db.fetchval("select count(*) from account") == 1
    assert await house_db.fetchval("select count(*) from sign_in") == 2


async def test_a_code_works_ten_minutes(db: None, clock: Clock) -> None:
    await service_sign_in.request_code("a@example.jp", HERE)
    clock.advance(minutes=10)
    with pytest.raises(CodeExpired):
        await _prove(await mailed_code("a@example.jp"))


async def test_a_code_works_only_on_the_browser_that_asked(db: None, clock: Clock) -> None:
    await service_sign_in.request_code("a@example.jp", HERE)
    with pytest.raises(CodeExpired):
        await _prove(await mailed_code("a@example.jp"), make_browser("another"))
    await _prove(await mailed_code("a@example.jp"))


async def test_a_new_code_ends_the_old(db: None, clock: Clock) -> None:
    await service_sign_in.request_code("a@example.jp", HERE)
    old = await mailed_code("a@example.jp")
    clock.advance(seconds=1)
    await service_sign_in.request_code("a@example.jp", HERE)
    new = await mailed_code("a@example.jp")
    if new != old:
        with pytest.raises(WrongCode):
            await _prove(old)
    await _prove(new)


async def test_five_wrong_guesses_end_a_code(db: None, clock: Clock) -> None:
    await service_sign_in.request_code("a@example.jp", HERE)
    code = await mailed_code("a@example.jp")
    for _ in range(4):
        with pytest.raises(WrongCode):
            await _prove(other_code(code))
    for guess in (other_code(code), code):
        with pytest.raises(CodeExpired):
            await _prove(guess)


async def test_guesses_at_once_are_all_counted(db: None, clock: Clock) -> None:
    await service_sign_in.request_code("a@example.jp", HERE)
    wrong = other_code(await mailed_code("a@example.jp"))
    results = await asyncio.gather(*(_prove(wrong) for _ in range(20)), return_exceptions=True)
    assert sum(isinstance(each, WrongCode) for each in results) == 4
    assert await house_db.fetchval("select wrong_count from sign_in_code") == 5


async def test_codes_for_one_address_are_limited_from_all_browsers(db: None, clock: Clock) -> None:
    for number in range(5):
        await service_sign_in.request_code("a@example.jp", make_browser(f"d{number}", f"n{number}"))
    with pytest.raises(TooManyAttempts) as refused:
        await service_sign_in.request_code("A@example.jp", make_browser("d9", "n9"))
    assert refused.value.status == 429 and refused.value.headers["retry-after"] == "901"
    await service_sign_in.request_code("b@example.jp", make_browser("d9", "n9"))
    clock.advance(minutes=15)
    await service_sign_in.request_code("a@example.jp", HERE)


async def test_the_page_says_how_long_to_wait(client: AsyncClient, clock: Clock) -> None:
    for _ in range(5):
        await client.post("/sign-in", data={"email": "a@example.jp", "next": ""})
    answer = await client.post("/sign-in", data={"email": "a@example.jp", "next": ""})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "901")
    assert "16分" in answer.text


async def test_codes_from_one_browser_are_limited(db: None, clock: Clock) -> None:
    for number in range(10):
        await service_sign_in.request_code(f"p{number}@example.jp", HERE)
    with pytest.raises(TooManyAttempts):
        await service_sign_in.request_code("p10@example.jp", HERE)


async def test_guesses_from_one_browser_are_limited(db: None, clock: Clock) -> None:
    for number in range(6):
        await service_sign_in.request_code(f"p{number}@example.jp", HERE)
        wrong = other_code(await mailed_code(f"p{number}@example.jp"))
        for _ in range(5):
            with pytest.raises((WrongCode, CodeExpired)):
                await _prove(wrong)
    with pytest.raises(TooManyAttempts):
        await _prove("000000")


@pytest.mark.parametrize(
    "typed", ["", "nobody", "a@b", "a b@example.jp", "a@example.jp\nBcc: x@y.jp", "@example.jp", "é@example.jp"]
)
async def test_what_is_no_address(client: AsyncClient, clock: Clock, typed: str) -> None:
    answer = await client.post("/sign-in", data={"email": typed, "next": ""})
    assert answer.status_code == 422
    assert WrongAddress.sentence in answer.text
    assert await house_db.fetchval("select count(*) from message") == 0


async def test_wrong_digits_are_said_at_the_field(client: AsyncClient, clock: Clock) -> None:
    await client.post("/sign-in", data={"email": "a@example.jp", "next": ""})
    code = await mailed_code("a@example.jp")
    answer = await client.post("/sign-in/code", data={"code": other_code(code), "next": ""})
    assert answer.status_code == 422 and 'id="f-code-error"' in answer.text
    assert "booking" not in client.cookies


async def test_a_browser_without_a_code_is_told_so(client: AsyncClient, clock: Clock) -> None:
    answer = await client.get("/sign-in/code")
    assert answer.status_code == 409 and CodeExpired.sentence in answer.text


async def test_a_new_sign_in_ends_the_one_before(client: AsyncClient, clock: Clock) -> None:
    await sign_in(client, await make_account())
    before = client.cookies["booking"]
    await client.post("/sign-in", data={"email": "a@example.jp", "next": ""})
    await client.post("/sign-in/code", data={"code": await mailed_code("a@example.jp"), "next": ""})
    assert client.cookies["booking"] != before
    assert await service.actor_of_cookie(before) is NOBODY


async def test_ended_accounts_are_told(client: AsyncClient, clock: Clock) -> None:
    account = await make_account("a@example.jp")
    await house_db.execute("update account set disabled_at = created_at where id = $1", account.id)
    await client.post("/sign-in", data={"email": "a@example.jp", "next": ""})
    answer = await client.post("/sign-in/code", data={"code": await mailed_code("a@example.jp"), "next": ""})
    assert answer.status_code == 403
    assert "booking" not in client.cookies


async def test_signing_out_asks_and_then_acts(client: AsyncClient, clock: Clock) -> None:
    await sign_in(client, await make_account())
    value = client.cookies["booking"]
    assert (await client.get("/sign-out")).status_code == 200
    assert (await service.actor_of_cookie(value)).is_signed_in
    answer = await client.post("/sign-out")
    assert answer.headers["location"] == "/"
    assert await service.actor_of_cookie(value) is NOBODY
    assert "booking" not in client.cookies


async def test_the_signed_in_need_not_sign_in(client: AsyncClient, clock: Clock) -> None:
    await sign_in(client, await make_account())
    assert (await client.get("/sign-in?next=/pass")).headers["location"] == "/pass"
    assert (await client.get("/sign-in?next=//evil.example")).headers["location"] == "/"


async def test_staff_at_the_residents_door_still_need_the_second_factor(client: AsyncClient, clock: Clock) -> None:
    staff = await make_staff()
    assert staff.email
    await client.post("/sign-in", data={"email": staff.email, "next": ""})
    answer = await client.post("/sign-in/code", data={"code": await mailed_code(staff.email), "next": ""})
    assert answer.headers["location"].startswith("/staff/sign-in/second")
    assert not (await service.actor_of_cookie(client.cookies["booking"])).is_staff


async def test_the_mail_speaks_the_readers_language(client: AsyncClient, clock: Clock) -> None:
    await client.post("/sign-in?lang=en", data={"email": "a@example.jp", "next": ""})
    row = await house_db.fetchrow("select language, subject, priority, send_until from message")
    assert row is not None
    assert (row["language"], row["priority"]) == ("en", 1)
    assert re.search(r"[0-9]{6}", row["subject"])
