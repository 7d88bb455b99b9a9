"""Pages: every macro draws, forms are read strictly, other sites' forms are refused, files are kept for ever."""

import re
from datetime import UTC, date, datetime, time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar, Response, get, post
from litestar.datastructures import UploadFile

from booking.kit import web
from booking.kit.assets import asset, serve_asset
from booking.kit.errors import InvalidForm, MalformedRequest, NotFound, Refusal
from booking.kit.icons import NAMES
from booking.kit.pages import PAGES
from booking.kit.squares import squares
from booking.kit.templating import environment, render, render_piece
from booking.kit.web import Asking, NavItem

pytestmark = pytest.mark.anyio


class _Order(msgspec.Struct, kw_only=True):
    name: str
    members: list[str]
    agreed: bool
    file: UploadFile | None


@post("/order")
async def _order(request: Asking) -> dict[str, Any]:
    data = await web.form(request, _Order)
    return {"name": data.name, "members": data.members, "agreed": data.agreed, "file": data.file and data.file.filename}


@get("/gone")
async def _gone(request: Asking) -> Response[str]:
    return web.error_page(request, status=404, code="not-found", sentence=NotFound().say(web.language_of(request)))


@post("/refused")
async def _refused(request: Asking) -> Response[str]:
    return web.error_page(request, status=422, code="invalid-form", sentence="見直してください。")


def _refuse(_: Any, error: Refusal) -> Response[dict[str, str]]:
    return Response({"code": error.code}, status_code=error.status)


async def _piece(request: Asking, *, word: str = "") -> Any:
    return render_piece("kit/parts.html", web.language_of(request)) + f"slot {word}"


NAV = [
    NavItem(label="さがす", address="/gone", icon="search", order=1),
    NavItem(label="受付", address="/staff/desk", icon="in", roles=("front-desk",)),
    NavItem(label="サインアウト", address="/sign-out", place="foot", when="signed-in"),
]


@pytest.fixture
def one_room() -> Litestar:
    """A house of one room."""
    return Litestar(
        [_order, _gone, _refused, serve_asset, *PAGES],
        state=web.frame(NAV, {"home.10-test": _piece}),
        guards=[web.refuse_cross_site],
        exception_handlers={Refusal: _refuse},
        openapi_config=None,
    )


@pytest.fixture
async def browser(one_room: Litestar):
    """A client without JavaScript."""
    transport = httpx.ASGITransport(app=one_room)
    async with one_room.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


async def test_error_page_speaks_the_asked_language_and_keeps_it(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/gone?lang=en&from=2026-11-22")
    assert answer.status_code == 404
    assert '<html lang="en">' in answer.text
    assert "Page not found" in answer.text
    assert answer.headers["content-language"] == "en"
    assert "from=2026-11-22&amp;lang=vi" in answer.text
    assert "Page not found" in (await browser.get("/gone")).text, "the cookie keeps the language"


async def test_after_a_form_the_language_menu_leads_to_the_page_that_held_it(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/refused", headers={"referer": "http://localhost/family/new?step=2"})
    assert 'href="/family/new?lang=vi"' in answer.text
    assert 'href="/?lang=vi"' in (await browser.post("/refused")).text


async def test_pages_forbid_everything_inline(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"\sstyle=|<style|<script>|\son\w+=", answer.text)
    assert "slot" in answer.text


async def test_menu_shows_residents_their_pages_and_marks_the_current(browser: httpx.AsyncClient) -> None:
    text = (await browser.get("/gone", headers={"accept-language": "ja"})).text
    assert '<a href="/gone" aria-current="page">' in text
    assert "/staff/desk" not in text
    assert "/sign-out" not in text


def test_menu_entries_follow_roles_and_sign_in() -> None:
    desk = frozenset({"front-desk"})
    assert [item.is_for(desk, signed_in=True) for item in NAV] == [True, True, True]
    assert [item.is_for(frozenset(), signed_in=False) for item in NAV] == [True, False, False]


async def test_api_docs_describe_every_operation(client: httpx.AsyncClient) -> None:
    document = (await client.get("/api/v1/openapi.json")).json()
    text = (await client.get("/api/docs")).text
    for item in document["paths"].values():
        for operation in item.values():
            assert f'id="{operation["operationId"]}"' in text
    for name in document["components"]["schemas"]:
        assert f'id="schema-{name}"' in text
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(re.findall(r'id="([^"]+)"', text))


async def test_form_is_read_as_loose_values(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/order", data={"name": " 蒼太 ", "members": ["1", "2"], "agreed": "1"})
    assert answer.json() == {"name": "蒼太", "members": ["1", "2"], "agreed": True, "file": None}
    assert (await browser.post("/order")).json() == {"name": "", "members": [], "agreed": False, "file": None}
    answer = await browser.post("/order", data={"name": "a"}, files={"file": ("m.csv", b"x")})
    assert answer.json()["file"] == "m.csv"


@pytest.mark.parametrize(
    "sent",
    [{"other": "1"}, {"name": ["a", "b"]}, {"name": "x" * 20_001}, {"name": "a\x00b"}, {"file": "not a file"}],
)
async def test_form_refuses_what_it_has_no_field_for(browser: httpx.AsyncClient, sent: dict[str, Any]) -> None:
    answer = await browser.post("/order", data=sent)
    assert (answer.status_code, answer.json()["code"]) == (400, MalformedRequest.code)


async def test_form_refuses_json(browser: httpx.AsyncClient) -> None:
    assert (await browser.post("/order", json={"name": "a"})).json()["code"] == MalformedRequest.code


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 201),
        ({"origin": "http://localhost:8000"}, 201),
        ({"origin": "http://localhost"}, 201),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "https://evil.example", "authorization": "Bearer bt_x"}, 201),
    ],
)
async def test_another_sites_form_is_refused(browser: httpx.AsyncClient, headers: dict[str, str], status: int) -> None:
    assert (await browser.post("/order", data={"name": "a"}, headers=headers)).status_code == status


def test_redirect_stays_here() -> None:
    assert web.redirect("/bookings", said="done").headers["Location"] == "/bookings?said=done"
    for elsewhere in ("https://evil.example", "//evil.example", "/\\evil.example"):
        with pytest.raises(ValueError, match="not an address of ours"):
            web.redirect(elsewhere)


async def test_static_files_are_kept_for_ever_under_their_version(browser: httpx.AsyncClient) -> None:
    answer = await browser.get(asset("look.css"))
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    again = await browser.get("/static/look.css", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    assert (await browser.get("/static/%2e%2e/web.py")).status_code == 404
    assert (await browser.get("/static/nothing.css")).json()["code"] == NotFound.code


def test_squares_are_as_the_look_draws_them() -> None:
    drawn = squares(9, 0, 11)
    assert '<path class="taken" d="M0 4.5h105"/><path class="free" d="M108 4.5h129"/>' in drawn
    assert '<path class="hole" stroke-width="7" stroke-dasharray="7 5" d="M109 4.5h127"/>' in drawn
    two_rows = squares(20, 1, 3, columns=12)
    assert 'd="M0 4.5h141M0 16.5h93"' in two_rows
    assert '<path class="edge" d="M96 16.5h9"/><path class="mine" stroke-width="7"' in two_rows
    assert squares(87, 0, 113, columns=25, fine=True).count("<path") == 2
    assert "viewBox" in squares()


PARTS = (Path(__file__).parent / "parts.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["ja", "en", "ja-easy", "tl"])
def test_every_part_draws(language: str) -> None:
    class _Kana(Refusal):
        sentence = "「新」は漢字です。"

    template = environment().from_string(PARTS)
    at = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
    with web.i18n.speaking(language):
        html = template.render(
            refusal=InvalidForm(fields={"name": _Kana()}),
            day=date(2026, 11, 22),
            wall=time(10),
            at=at,
            names=sorted(NAMES),
        )
    assert 'aria-describedby="f-name-hint f-name-error" aria-invalid="true" required autocomplete="name"' in html
    assert '<option value="2" selected>' in html
    assert '<a href="#f-name">「新」は漢字です。</a>' in html
    assert '<time datetime="2026-11-22">' in html
    assert 'datetime="2026-11-22T15:00+09:00"' in html


def test_icons_used_by_a_page_are_drawn_once() -> None:
    html = render("kit/error.html", "ja", **_nobody())
    assert html.count('<symbol id="i-globe"') == 1
    assert '<symbol id="i-bus"' not in html
    with pytest.raises(KeyError):
        environment().from_string("{{ icon('nothing') }}").render()


def _nobody() -> dict[str, Any]:
    language = {"code": "ja", "tag": "ja", "name": "日本語", "href": "?lang=ja", "current": True}
    return {
        "error": 404, "code": "not-found", "sentence": "なし", "actor": SimpleNamespace(name="x"), "signed_in": True,
        "html_lang": "ja", "language": "ja", "languages": [language],
        "nav": [], "foot_nav": [], "here": "", "path": "/", "demo": True,
    }  # fmt: skip
