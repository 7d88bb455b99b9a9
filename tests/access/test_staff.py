"""Staff: the link that enrols, the second factor, roles for scopes, who may decide about whom."""

import asyncio
import re

import msgspec
import pyotp
import pytest
from httpx import AsyncClient

from booking import wiring
from booking.access import service, service_links, service_sign_in, service_staff
from booking.access.errors import (
    LastAdministrator,
    LinkExpired,
    LinkUsed,
    NotAllowed,
    NotEnrolled,
    SignInNeeded,
    TooManyAttempts,
    TotpUsed,
    WrongTotp,
)
from booking.access.schemas import NOBODY, SYSTEM, Actor, Role, Scope
from booking.kit import db as house_db
from booking.kit.errors import InvalidForm, NotFound
from booking.kit.settings import Settings, use_settings
from tests.conftest import Clock
from tests.make.access import (
    actor_for,
    mailed_code,
    make_account,
    make_browser,
    make_enrolled_staff,
    make_staff,
    sign_in,
)

pytestmark = pytest.mark.anyio
HERE = make_browser()
SCOPES = [
    Scope(code="100005", name="群馬県"),
    Scope(code="102032", name="桐生市"),
    Scope(code="maebashi", name="前橋", within="100005"),
    Scope(code="kiryu", name="桐生", within="102032"),
]


@pytest.fixture(autouse=True)
def scopes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two bodies with a facility each."""

    async def list_scopes() -> list[Scope]:
        return SCOPES

    monkeypatch.setattr(service_staff, "_list_scopes", [list_scopes])
    monkeypatch.setattr(wiring, "use_scopes", lambda _: None)


async def _half(account: object) -> Actor:
    cookie = await service.open_sign_in(account.id, HERE.device)  # type: ignore[attr-defined]
    return await service.actor_of_cookie(cookie)


def _digits(totp: pyotp.TOTP, clock: Clock, later: int = 0) -> str:
    return str(totp.generate_otp(int(clock.instant.timestamp()) // 30 + later))


async def test_a_new_member_of_staff_enrols_and_is_in(client: AsyncClient, clock: Clock) -> None:
    path = await service_staff.add_staff("Desk@Example.JP", "受付 太郎", "front-desk", "maebashi", SYSTEM)
    for _ in range(2):
        shown = await client.get(path)
        assert shown.status_code == 200 and "受付 太郎" in shown.text
    shown = await client.post(path)
    assert shown.status_code == 200 and "<svg" in shown.text
    sealed = re.search(r'name="sealed" value="([^"]+)"', shown.text)
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", shown.text)
    assert sealed and secret
    totp = pyotp.TOTP(secret.group(1).replace(" ", ""))
    wrong = await client.post(f"{path}/confirm", data={"sealed": sealed.group(1), "code": "12"})
    assert wrong.status_code == 422 and sealed.group(1) in wrong.text
    answer = await client.post(f"{path}/confirm", data={"sealed": sealed.group(1), "code": _digits(totp, clock)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/")
    actor = await service.actor_of_cookie(client.cookies["booking"])
    assert actor.is_staff and actor.may_in(("maebashi", "100005"), Role.FRONT_DESK)
    again = await client.get(path)
    assert again.status_code == 409 and LinkUsed.sentence in again.text


async def test_no_staff_page_opens_before_the_second_factor(client: AsyncClient, clock: Clock) -> None:
    staff, totp = await make_enrolled_staff("body-administrator")
    assert staff.email
    assert (await client.get("/staff/staff")).headers["location"].startswith("/staff/sign-in?next=")
    await client.post("/staff/sign-in", data={"email": staff.email, "next": "/staff/audit"})
    code = await mailed_code(staff.email)
    answer = await client.post("/staff/sign-in/code", data={"code": code, "next": "/staff/audit"})
    assert answer.headers["location"] == "/staff/sign-in/second?next=%2Fstaff%2Faudit"
    half = client.cookies["booking"]
    assert (await client.get("/staff/staff")).headers["location"].startswith("/staff/sign-in/second")
    assert (await client.get("/staff/sign-in/second")).status_code == 200
    answer = await client.post("/staff/sign-in/second", data={"code": _digits(totp, clock), "next": "/staff/audit"})
    assert answer.headers["location"] == "/staff/audit"
    assert client.cookies["booking"] != half
    assert await service.actor_of_cookie(half) is NOBODY
    assert (await client.get("/staff/staff")).status_code == 200


async def test_a_residents_address_does_not_enter_at_the_staffs_door(client: AsyncClient, clock: Clock) -> None:
    await make_account("a@example.jp")
    for email in ("a@example.jp", "unknown@example.jp"):
        answer = await client.post("/staff/sign-in", data={"email": email, "next": ""})
        assert answer.status_code == 303
        answer = await client.post("/staff/sign-in/code", data={"code": await mailed_code(email), "next": ""})
        assert answer.status_code == 403
    assert await house_db.fetchval("select count(*) from account") == 1


async def test_authenticator_digits_work_once(db: None, clock: Clock) -> None:
    staff, totp = await make_enrolled_staff()
    half = await _half(staff)
    digits = _digits(totp, clock)
    attempts = (service_sign_in.prove_second(digits, HERE, before=half) for _ in range(2))
    results = await asyncio.gather(*attempts, return_exceptions=True)
    assert sorted(type(each).__name__ for each in results) == ["SignedIn", "TotpUsed"]
    with pytest.raises(TotpUsed):
        await service_sign_in.prove_second(_digits(totp, clock, -1), HERE, before=half)
    await service_sign_in.prove_second(_digits(totp, clock, 1), HERE, before=half)


async def test_digits_of_another_time_are_wrong_and_guesses_limited(db: None, clock: Clock) -> None:
    staff, totp = await make_enrolled_staff()
    half = await _half(staff)
    for number in range(5):
        with pytest.raises(WrongTotp):
            await service_sign_in.prove_second(_digits(totp, clock, -5), make_browser(f"d{number}"), before=half)
    with pytest.raises(TooManyAttempts):
        await service_sign_in.prove_second(_digits(totp, clock), make_browser("d9"), before=half)


@pytest.mark.parametrize("typed", ["", "abcdef", "１２", "12345678901234567890"])
async def test_what_are_no_digits(db: None, clock: Clock, typed: str) -> None:
    staff, _ = await make_enrolled_staff()
    with pytest.raises(WrongTotp):
        await service_sign_in.prove_second(typed, HERE, before=await _half(staff))


async def test_the_second_proof_needs_the_first(db: None, clock: Clock) -> None:
    resident = await actor_for(await make_account())
    for before in (NOBODY, resident):
        with pytest.raises(SignInNeeded):
            await service_sign_in.prove_second("123456", HERE, before=before)
    with pytest.raises(NotEnrolled):
        await service_sign_in.prove_second("123456", HERE, before=await _half(await make_staff()))
    staff, _ = await make_enrolled_staff()
    await house_db.execute("update credential set secret = 'sealed under another key'")
    with pytest.raises(NotEnrolled):
        await service_sign_in.prove_second("123456", HERE, before=await _half(staff))


async def test_a_mailed_code_alone_enrols_nothing(client: AsyncClient, clock: Clock) -> None:
    staff = await make_staff()
    assert staff.email
    await client.post("/staff/sign-in", data={"email": staff.email, "next": ""})
    await client.post("/staff/sign-in/code", data={"code": await mailed_code(staff.email), "next": ""})
    answer = await client.post("/staff/sign-in/second", data={"code": "123456", "next": ""})
    assert answer.status_code == 403 and NotEnrolled.sentence in answer.text


async def test_links_grow_old_and_unknown_ones_open_nothing(client: AsyncClient, clock: Clock) -> None:
    path = await service_staff.add_staff("a@example.jp", "職員", "front-desk", None, SYSTEM)
    clock.advance(hours=24)
    for address in (path, "/enter/nonsense"):
        for answer in (await client.get(address), await client.post(address)):
            assert answer.status_code == 409 and LinkExpired.sentence in answer.text


async def test_a_new_link_ends_the_old_and_a_new_phone_the_old(db: None, clock: Clock) -> None:
    staff, totp = await make_enrolled_staff()
    cookie = await service.open_sign_in(staff.id, "d", second_factor=True)
    old = await service_staff.renew_enrolment(staff.id, SYSTEM)
    new = (await service_staff.renew_enrolment(staff.id, SYSTEM)).removeprefix("/enter/")
    with pytest.raises(LinkUsed):
        await service_links.get_link(old.removeprefix("/enter/"))
    sealed = service_links.new_totp_secret()
    secret, address = service_links.totp_address(sealed, await service_links.get_link(new))
    assert secret in address and address.startswith("otpauth://totp/")
    enrolments = (
        service_links.enrol(new, sealed, _digits(pyotp.TOTP(secret), clock), HERE, before=NOBODY) for _ in range(2)
    )
    results = await asyncio.gather(*enrolments, return_exceptions=True)
    assert sorted(type(each).__name__ for each in results) == ["LinkUsed", "SignedIn"]
    assert await service.actor_of_cookie(cookie) is NOBODY
    with pytest.raises(WrongTotp):
        await service_sign_in.prove_second(_digits(totp, clock), HERE, before=await _half(staff))


async def test_a_secret_not_of_our_making_is_not_enrolled(client: AsyncClient, clock: Clock) -> None:
    path = await service_staff.add_staff("a@example.jp", "職員", "front-desk", None, SYSTEM)
    digits = _digits(pyotp.TOTP("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"), clock)
    answer = await client.post(f"{path}/confirm", data={"sealed": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "code": digits})
    assert answer.status_code == 422
    assert await house_db.fetchval("select count(*) from credential") == 0


async def test_demo_links_sign_in_once_by_their_button(client: AsyncClient, clock: Clock, settings: Settings) -> None:
    staff, resident = await make_staff(), await make_account()
    with pytest.raises(ValueError, match="demo"):
        await service.new_sign_in_link(staff.id, service_links.LinkPurpose.DEMO, SYSTEM)
    use_settings(msgspec.structs.replace(settings, demo=True))
    for account, home in ((staff, "/staff/"), (resident, "/")):
        path = await service.new_sign_in_link(account.id, service_links.LinkPurpose.DEMO, SYSTEM)
        assert (await client.get(path)).status_code == 200
        answer = await client.post(path)
        assert (answer.status_code, answer.headers["location"]) == (303, home)
        assert (await service.actor_of_cookie(client.cookies["booking"])).id == account.id
        assert (await client.post(path)).status_code == 409
    path = await service.new_sign_in_link(staff.id, service_links.LinkPurpose.DEMO, SYSTEM)
    use_settings(settings)
    assert (await client.post(path)).status_code == 409


async def test_what_is_wrong_with_a_new_member_of_staff_is_said_at_once(db: None, clock: Clock) -> None:
    await make_account("taken@example.jp")
    with pytest.raises(InvalidForm) as refused:
        await service_staff.add_staff("no address", " ", "king", "nowhere", SYSTEM)
    codes = {name: refusal.code for name, refusal in refused.value.fields.items()}
    assert codes == {"email": "wrong-address", "name": "label-needed", "role": "wrong-role", "scope": "wrong-scope"}
    with pytest.raises(InvalidForm) as refused:
        await service_staff.add_staff("taken@example.jp", "職員", "resident", None, SYSTEM)
    assert {"email", "role"} == set(refused.value.fields)


async def test_administrators_decide_only_about_their_own_body(db: None, clock: Clock) -> None:
    kiryu = await actor_for(await make_staff("body-administrator", "102032"))
    await service_staff.add_staff("a@example.jp", "桐生の受付", "front-desk", "kiryu", kiryu)
    for scope in (None, "100005", "maebashi"):
        with pytest.raises(InvalidForm):
            await service_staff.add_staff("b@example.jp", "前橋の受付", "front-desk", scope, kiryu)
    gunma = await make_staff("front-desk", "maebashi")
    with pytest.raises(NotAllowed):
        await service_staff.end_staff(gunma.id, kiryu)
    with pytest.raises(NotAllowed):
        await service_staff.renew_enrolment(gunma.id, kiryu)
    grant = (await service_staff.get_staff(gunma.id)).grants[0]
    with pytest.raises(NotAllowed):
        await service_staff.end_grant(grant.id, kiryu)
    assert len((await service_staff.get_staff(gunma.id)).grants) == 1
    assert {each.name for each in await service_staff.list_staff(kiryu)} == {"桐生の受付", kiryu.name}
    assert [scope.code for scope in await service_staff.list_grantable(kiryu)] == ["102032", "kiryu"]
    assert await service_staff.readable_scopes(kiryu, Role.BODY_ADMINISTRATOR) == ["102032", "kiryu"]


async def test_others_decide_about_nobody(db: None, clock: Clock) -> None:
    desk = await actor_for(await make_staff("front-desk"))
    with pytest.raises(NotAllowed):
        await service_staff.add_staff("a@example.jp", "職員", "front-desk", None, desk)
    with pytest.raises(NotAllowed):
        await service_staff.list_staff(desk)


async def test_roles_are_given_and_taken_with_an_audit_row(db: None, clock: Clock) -> None:
    chief = await actor_for(await make_staff("body-administrator"))
    staff = await make_staff("front-desk", "kiryu")
    await service_staff.grant_role(staff.id, "auditor", "102032", chief)
    await service_staff.grant_role(staff.id, "auditor", "102032", chief)
    cookie = await service.open_sign_in(staff.id, "d", second_factor=True)
    assert (await service.actor_of_cookie(cookie)).has_role(Role.AUDITOR)
    for grant in (await service_staff.get_staff(staff.id)).grants:
        await service_staff.end_grant(grant.id, chief)
    assert (await service.actor_of_cookie(cookie)).grants == ()
    actions = [row["action"] for row in await house_db.fetch("select action from audit_entry")]
    assert sorted(actions, reverse=True) == ["role-granted", "role-ended", "role-ended"]


async def test_ending_staff_ends_everything(db: None, clock: Clock) -> None:
    chief = await actor_for(await make_staff("body-administrator"))
    staff = await make_staff("front-desk", "kiryu")
    cookie = await service.open_sign_in(staff.id, "d", second_factor=True)
    await service_staff.end_staff(staff.id, chief)
    assert await service.actor_of_cookie(cookie) is NOBODY
    with pytest.raises(NotFound):
        await service_staff.get_staff(staff.id)


async def test_administrators_cannot_lock_themselves_out(db: None, clock: Clock) -> None:
    account = await make_staff("body-administrator")
    chief = await actor_for(account)
    with pytest.raises(LastAdministrator):
        await service_staff.end_staff(account.id, chief)
    grant = (await service_staff.get_staff(account.id)).grants[0]
    with pytest.raises(LastAdministrator):
        await service_staff.end_grant(grant.id, chief)
    assert (await service_staff.get_staff(account.id)).grants


async def test_the_staff_page_adds_lists_and_ends(client: AsyncClient, clock: Clock) -> None:
    await sign_in(client, await make_staff("body-administrator"))
    form = {"email": "desk@example.jp", "name": "受付 花子", "role": "front-desk", "scope": "kiryu"}
    answer = await client.post("/staff/staff", data=form)
    assert answer.status_code == 200 and "http://localhost:8000/enter/" in answer.text
    found = re.search(r"/staff/staff/([0-9a-f-]{36})\"><b>受付 花子", answer.text)
    assert found
    here = f"/staff/staff/{found.group(1)}"
    assert (await client.get(here)).status_code == 200
    wrong = await client.post("/staff/staff", data={**form, "role": "king"})
    assert wrong.status_code == 422 and 'id="f-role-error"' in wrong.text
    answer = await client.post(f"{here}/grants", data={"role": "auditor", "scope": "102032"})
    assert answer.status_code == 303
    grant = re.search(rf"{here}/grants/[0-9a-f-]+/end", (await client.get(here)).text)
    assert grant and (await client.post(grant.group())).status_code == 303
    assert "/enter/" in (await client.post(f"{here}/link")).text
    assert (await client.post(f"{here}/grants", data={"role": "x", "scope": ""})).status_code == 422
    assert "受付 花子" in (await client.get(f"{here}/end")).text
    assert (await client.post(f"{here}/end")).headers["location"] == "/staff/staff"
    assert "受付 花子" not in (await client.get("/staff/staff")).text
