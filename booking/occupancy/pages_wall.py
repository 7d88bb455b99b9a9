"""The wall screen at an entrance: public, live, in one language after the other."""

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery
from litestar.response import ServerSentEvent

from booking.access.cookies import network_of
from booking.facilities.queries import get_facility
from booking.kit.i18n import HTML_LANG, LANGUAGES
from booking.kit.templating import render
from booking.kit.web import POLICY, Asking
from booking.occupancy import service_wall
from booking.occupancy.live import wall_changes
from booking.occupancy.rules import LEVELS
from booking.occupancy.schemas import Wall

SPOKEN = ("ja", "en")
"""In which languages a wall speaks when its address names none (`?languages=ja,vi`)."""
THEMES = ("dark", "light")
HEADERS = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
Text = str | None


@get("/board/{code:str}", include_in_schema=False)
async def show_wall(
    request: Asking, code: FromPath[str], languages: FromQuery[Text] = None, show: FromQuery[Text] = None
) -> Response[str]:
    """How full it is, what comes next and who is called: numbers, never people."""
    named = tuple(dict.fromkeys(one for one in (languages or "").split(",") if one in LANGUAGES)) or SPOKEN
    language = show if show in named else named[0]
    asked = request.query_params.get("theme")
    wall = await service_wall.get_wall(code)
    said = _drawn(wall, language, named, asked if asked in THEMES else THEMES[0])
    return Response(said, headers=HEADERS, media_type="text/html")


def _drawn(wall: Wall, language: str, named: tuple[str, ...], theme: str) -> str:
    after = named[(named.index(language) + 1) % len(named)]
    return render(
        "occupancy/wall.html",
        language,
        wall=wall,
        levels=LEVELS,
        language=language,
        wall_lang=HTML_LANG.get(language, language),
        theme=theme,
        next_address=f"/board/{wall.code}?languages={','.join(named)}&theme={theme}&show={after}",
        way_to_book=service_wall.way_to_book,
    )


@get("/board/{code:str}/events", include_in_schema=False)
async def stream_wall(request: Request[Any, Any, Any], code: FromPath[str]) -> ServerSentEvent:
    """Server-sent events: `change` when somebody came, went or was called. They hold no data."""
    await get_facility(code)
    return ServerSentEvent(wall_changes(request.app.state.hub, network_of(request)))


PAGES = (show_wall, stream_wall)
