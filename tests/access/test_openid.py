"""Sign-in by a real provider process: the way there and back, what its token must prove, and whose account it is."""

import html
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from httpx import AsyncClient, Response

from booking.access import openid, service_openid, service_providers
from booking.access.errors import IdentityTaken, LastWayIn
from booking.access.rules import AccountKind, Role
from booking.access.schemas import Actor, ProviderForm
from booking.kit import db as house_db
from booking.kit.errors import InvalidForm
from booking.kit.settings import load
from tests.make.access import actor_for, make_account, make_staff, sign_in
from tests.make.facilities import make_body
from tests.providers import CLIENT, SECRET, TOKEN, Running, running

pytestmark = pytest.mark.anyio
SECRET_NAME, TOKEN_NAME = "BOOKING_PROVIDER_100005_LINE", "BOOKING_PROVIDER_100005_LINE_MESSAGES"


@pytest.fixture(scope="module")
def process() -> Iterator[Running]:
    """One provider process for this file."""
    with running() as made:
        yield made


@pytest.fixture
def provider(process: Running, monkeypatch: pytest.MonkeyPatch) -> Running:
    """The same, behaving well, with its secrets in the environment."""
    process.set()
    openid._known.clear()
    openid._keys.clear()
    monkeypatch.setenv(SECRET_NAME, SECRET)
    monkeypatch.setenv(TOKEN_NAME, TOKEN)
    return process


async def administrator() -> Actor:
    if not await house_db.fetchval("select count(*) from body where code = '100005'"):
        await make_body("100005")
    return await actor_for(await make_staff(Role.BODY_ADMINISTRATOR, "100005"))


async def written_down(provider: Running, kind: str = "oidc", **more: Any) -> Any:
    form = ProviderForm(
        body_code="100005",
        kind=kind,
        label="LINE" if kind == "line" else "ためしのID",
        issuer=provider.address,
        client_id=CLIENT,
        secret_name=SECRET_NAME,
        message_api=provider.address if kind == "line" else "",
        message_secret_name=TOKEN_NAME if kind == "line" else "",
        **{"is_on": True, **more},
    )
    return await service_providers.save_provider(form, await administrator())


def way_of(answer: Response) -> str:
    found = re.search(r'href="(http://127[^"]+/authorize[^"]*)"', answer.text)
    assert found, answer.text
    return html.unescape(found.group(1))


async def return_from(way: str) -> str:
    """The address the provider sends the browser back to, as a path of ours."""
    async with httpx.AsyncClient() as outside:
        sent = await outside.get(way)
    assert sent.status_code == 302, sent.text
    back = urlsplit(sent.headers["location"])
    assert back.netloc == "localhost:8000"
    return f"{back.path}?{back.query}"


async def there_and_back(client: AsyncClient, provider_id: object, asked: str = "/family") -> Response:
    answer = await client.post(f"/sign-in/with/{provider_id}", data={"next": asked})
    assert answer.status_code == 200, answer.text
    return await client.get(await return_from(way_of(answer)))


async def test_a_guardian_signs_in_by_a_provider_and_comes_to_the_family_page(
    client: AsyncClient, provider: Running
) -> None:
    provider_id = await written_down(provider)
    assert "ためしのIDでサインインする" in (await client.get("/sign-in?next=/family")).text
    answer = await there_and_back(client, provider_id)
    assert (answer.status_code, answer.headers["location"]) == (303, "/welcome")
    who = {"name": "Ana Silva", "phone": "090-1234-5678", "role": "guardian", "preferred": "phone", "language": "pt-BR"}
    assert (await client.post("/welcome", data=who)).headers["location"] == "/family/new"
    await client.post("/sign-out", data={})
    again = await there_and_back(client, provider_id)
    assert (again.status_code, again.headers["location"]) == (303, "/family")
    assert (await client.get("/family")).status_code == 200
    assert await house_db.fetchval("select count(*) from account where kind = 'resident'") == 1
    assert await house_db.fetchval("select email from account where kind = 'resident'") is None


async def test_the_way_there_carries_what_the_standard_asks(client: AsyncClient, provider: Running) -> None:
    provider_id = await written_down(provider)
    answer = await client.post(f"/sign-in/with/{provider_id}", data={"next": ""})
    asked = {name: values[0] for name, values in parse_qs(urlsplit(way_of(answer)).query).items()}
    assert asked["code_challenge_method"] == "S256" and asked["response_type"] == "code" and asked["scope"] == "openid"
    assert asked["redirect_uri"] == f"http://localhost:8000/sign-in/with/{provider_id}/back"
    assert len(asked["state"]) >= 40 and len(asked["nonce"]) >= 40
    row = await house_db.fetchrow("select * from sign_in_flow")
    assert row is not None and not {asked["state"], asked["nonce"]} & {str(value) for value in row.values()}
    assert answer.headers["refresh"].startswith(f"0; url={provider.address}/authorize")


WRONG: dict[str, dict[str, Any]] = {
    "another nonce": {"claims": {"nonce": "n" * 43}},
    "no nonce": {"leaves_out": ["nonce"]},
    "another audience": {"claims": {"aud": "somebody-else"}},
    "several audiences, not for us": {"claims": {"aud": [CLIENT, "other"], "azp": "other"}},
    "several audiences, for nobody": {"claims": {"aud": [CLIENT, "other"]}},
    "another issuer": {"claims": {"iss": "https://evil.example"}},
    "expired": {"claims": {"exp": 1_700_000_000}},
    "never expires": {"leaves_out": ["exp"]},
    "no subject": {"leaves_out": ["sub"]},
    "empty subject": {"claims": {"sub": ""}},
    "subject is a number": {"claims": {"sub": 7}},
    "alg none": {"signs": "none"},
    "a stranger's key": {"signs": "stranger"},
    "the public key as a secret": {"signs": "public-as-secret"},
    "the client secret as a key": {"signs": "HS256"},
}


async def test_a_token_that_does_not_prove_it_lets_nobody_in(client: AsyncClient, provider: Running) -> None:
    provider_id = await written_down(provider)
    for how, told in WRONG.items():
        provider.set(**told)
        client.cookies.clear()
        answer = await there_and_back(client, provider_id)
        assert answer.status_code == 403 and "確かめられませんでした" in answer.text, how
        assert "booking" not in client.cookies, how
    assert await house_db.fetchval("select count(*) from identity") == 0


@pytest.mark.parametrize("way", ["RS256", "ES256"])
async def test_keys_of_either_kind_are_taken(client: AsyncClient, provider: Running, way: str) -> None:
    provider_id = await written_down(provider)
    provider.set(signs=way)
    assert (await there_and_back(client, provider_id)).status_code == 303


async def test_line_signs_with_the_channel_secret(client: AsyncClient, provider: Running) -> None:
    provider_id = await written_down(provider, "line")
    provider.set(signs="HS256", auth=["client_secret_post"])
    assert (await there_and_back(client, provider_id)).headers["location"] == "/welcome"


async def test_line_signed_with_another_secret_is_refused(client: AsyncClient, provider: Running) -> None:
    provider_id = await written_down(provider, "line")
    provider.set(signs="HS256", secret="x" * 40)
    assert (await there_and_back(client, provider_id)).status_code == 403


async def test_a_state_works_once(client: AsyncClient, provider: Running) -> None:
    provider_id = await written_down(provider)
    back = await return_from(way_of(await client.post(f"/sign-in/with/{provider_id}", data={"next": ""})))
    assert (await client.get(back)).status_code == 303
    await client.post("/sign-out", data={})
    again = await client.get(back)
    assert again.status_code == 409 and "もう終わっている" in again.text


async def test_a_state_of_another_browser_is_refused(client: AsyncClient, provider: Running) -> None:
    provider_id = await written_down(provider)
    back = await return_from(way_of(await client.post(f"/sign-in/with/{provider_id}", data={"next": ""})))
    client.cookies.clear()
    assert (await client.get(back)).status_code == 409


async def test_an_answer_for_another_provider_is_refused(client: AsyncClient, provider: Running) -> None:
    one, other = await written_down(provider), await written_down(provider, "line")
    back = await return_from(way_of(await client.post(f"/sign-in/with/{one}", data={"next": ""})))
    assert (await client.get(back.replace(str(one), str(other)))).status_code == 409


async def test_a_code_used_elsewhere_is_refused(client: AsyncClient, provider: Running) -> None:
    provider_id = await written_down(provider)
    back = await return_from(way_of(await client.post(f"/sign-in/with/{provider_id}", data={"next": ""})))
    stolen = re.sub(r"code=[^&]+", "code=another", back)
    assert (await client.get(stolen)).status_code == 403


async def test_whoever_does_not_agree_is_told_so_once(client: AsyncClient, provider: Running) -> None:
    provider_id = await written_down(provider)
    provider.set(denies=True)
    answer = await there_and_back(client, provider_id)
    assert answer.status_code == 403 and "とちゅうで終わりました" in answer.text
    assert (await client.get(f"/sign-in/with/{provider_id}/back?error=x&state=y")).status_code == 409


@pytest.mark.parametrize("told", [{"issuer": "https://other.example"}, {"breaks": True}])
async def test_a_provider_that_is_not_itself_is_away(
    client: AsyncClient, provider: Running, told: dict[str, Any]
) -> None:
    provider_id = await written_down(provider)
    provider.set(**told)
    answer = await client.post(f"/sign-in/with/{provider_id}", data={"next": ""})
    if "breaks" in told:
        answer = await client.get(await return_from(way_of(answer)))
    assert answer.status_code in (403, 503) and "もう一度" in answer.text


async def test_an_equal_mail_address_takes_over_nothing(client: AsyncClient, provider: Running) -> None:
    known = await make_account("known@example.jp", name="もとからいる人")
    provider_id = await written_down(provider)
    assert (await there_and_back(client, provider_id)).headers["location"] == "/welcome"
    owner = await house_db.fetchval("select account from identity")
    assert owner != known.id
    assert await house_db.fetchval("select email from account where id = $1", owner) is None


async def test_a_provider_switched_off_is_no_way_in(client: AsyncClient, provider: Running) -> None:
    provider_id = await written_down(provider, is_on=False)
    assert "ためしのID" not in (await client.get("/sign-in")).text
    assert (await client.post(f"/sign-in/with/{provider_id}", data={"next": ""})).status_code == 404


async def proved_by(provider: Running, provider_id: Any, sub: str) -> tuple[Any, Any]:
    found = await service_openid.get_provider(provider_id)
    return found, openid.Proved(provider.address, sub)


async def test_an_identity_is_linked_and_unlinked_but_never_the_last_way_in(db: None, provider: Running) -> None:
    provider_id = await written_down(provider)
    by = await actor_for(await make_account("a@example.jp"))
    await service_openid.link(*await proved_by(provider, provider_id, "one"), by)
    await service_openid.link(*await proved_by(provider, provider_id, "one"), by)
    identity = await house_db.fetchval("select id from identity where account = $1", by.id)
    await house_db.execute("update account set email = null where id = $1", by.id)
    with pytest.raises(LastWayIn):
        await service_openid.unlink(identity, by)
    await house_db.execute("update account set email = 'a@example.jp' where id = $1", by.id)
    await service_openid.unlink(identity, by)
    assert await house_db.fetchval("select count(*) from identity") == 0


async def test_an_identity_of_a_registered_account_stays_there(db: None, provider: Running) -> None:
    provider_id = await written_down(provider)
    first, second = [await actor_for(await make_account(f"{name}@example.jp", name=name)) for name in ("a", "b")]
    await service_openid.link(*await proved_by(provider, provider_id, "one"), first)
    with pytest.raises(IdentityTaken):
        await service_openid.link(*await proved_by(provider, provider_id, "one"), second)


async def test_an_account_begun_by_mistake_gives_its_identity_away(client: AsyncClient, provider: Running) -> None:
    """Somebody registered by mail presses LINE, lands at an empty account, and links LINE to the right one."""
    provider_id = await written_down(provider)
    await there_and_back(client, provider_id)
    empty = await house_db.fetchval("select account from identity")
    by = await actor_for(await make_account("a@example.jp", name="a"))
    await service_openid.link(*await proved_by(provider, provider_id, "U" + "1" * 32), by)
    assert await house_db.fetchval("select account from identity") == by.id
    assert await house_db.fetchval("select disabled_at from account where id = $1", empty) is not None


async def test_staff_do_not_enter_by_a_provider(client: AsyncClient, provider: Running) -> None:
    provider_id = await written_down(provider)
    await there_and_back(client, provider_id)
    staff = await make_staff()
    await house_db.execute("update identity set account = $1", staff.id)
    client.cookies.clear()
    assert (await there_and_back(client, provider_id)).status_code == 403


BAD_FIELDS = {
    "issuer": [
        "http://id.example.jp",
        "https://id.example.jp/",
        "https://u:p@id.example.jp",
        "ftp://x",
        "",
        "https://",
    ],
    "secret_name": ["BOOKING_SECRET_KEY", "BOOKING_DATABASE_URL", "BOOKING_PROVIDER_102032_LINE", "PATH", ""],
    "message_secret_name": ["BOOKING_SMTP_URL"],
    "kind": ["saml"],
    "body_code": ["102032", ""],
    "label": ["", "x" * 41],
    "client_id": [""],
}


async def test_what_cannot_be_a_provider_is_refused_at_its_field(db: None) -> None:
    by = await administrator()
    right = {"body_code": "100005", "kind": "line", "label": "ID", "issuer": "https://id.example.jp", "client_id": "c"}
    for field, value in [(name, each) for name, values in BAD_FIELDS.items() for each in values]:
        kind = "line" if field == "message_secret_name" else "oidc"
        typed = {**right, "kind": kind, "secret_name": SECRET_NAME, field: value}
        with pytest.raises(InvalidForm) as refused:
            await service_providers.save_provider(ProviderForm(**typed), by)
        assert field in refused.value.fields, (field, value)


async def test_secrets_are_named_not_kept_and_settings_know_the_names(client: AsyncClient, provider: Running) -> None:
    provider_id = await written_down(provider, "line")
    row = await house_db.fetchrow("select * from sign_in_provider")
    assert row is not None and SECRET not in str(dict(row))
    load({SECRET_NAME: SECRET})
    await sign_in(client, await make_staff(Role.BODY_ADMINISTRATOR, "100005"))
    shown = (await client.get(f"/staff/providers/{provider_id}")).text
    assert f"/sign-in/with/{provider_id}/back" in shown and SECRET not in shown
    listed = (await client.get("/staff/providers")).text
    assert provider.address in listed and "秘密がありません" not in listed


async def test_an_administrator_writes_a_provider_down_by_the_page(client: AsyncClient) -> None:
    await make_body("100005")
    await sign_in(client, await make_staff(Role.BODY_ADMINISTRATOR, "100005"))
    assert "LINEログインのチャネルID" in (await client.get("/staff/providers/new")).text
    data = {"body_code": "100005", "kind": "line", "label": "LINE", "client_id": "1", "secret_name": SECRET_NAME}
    made = await client.post("/staff/providers/new", data={**data, "is_on": "1"})
    assert made.status_code == 303
    assert await house_db.fetchval("select issuer from sign_in_provider") == "https://access.line.me"
    wrong = await client.post(made.headers["location"], data={**data, "client_id": ""})
    assert wrong.status_code == 422 and "チャネルID" in wrong.text
    await client.post(made.headers["location"], data=data)
    assert await house_db.fetchval("select is_on from sign_in_provider") is False


async def test_another_bodys_administrator_sees_no_provider(client: AsyncClient, provider: Running) -> None:
    provider_id = await written_down(provider)
    await make_body("102032")
    await sign_in(client, await make_staff(Role.BODY_ADMINISTRATOR, "102032"))
    assert provider.address not in (await client.get("/staff/providers")).text
    assert (await client.get(f"/staff/providers/{provider_id}")).status_code == 404


async def test_a_resident_made_by_a_provider_is_a_resident(client: AsyncClient, provider: Running) -> None:
    await there_and_back(client, await written_down(provider))
    assert await house_db.fetchval("select kind from account where email is null") == AccountKind.RESIDENT
