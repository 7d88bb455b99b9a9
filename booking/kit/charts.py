"""Charts as plain SVG in the look's colours: drawn on the server, inlined by pages, embedded by Typst.

    svg = await draw(Chart(title="月ごとの延べ人日", kind="bars", rows=rows, x="month", y="users"))

The same numbers always stand in a table beneath: a chart is a picture of it, and says so to a screen reader by its
title and description. Data becomes JSON, never markup. Source: decision 0052.
"""

import asyncio
import importlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import Any, Literal

import msgspec

INK, SOFT, LINE, DEEP = "#1a1a1a", "#4d4d4d", "#d3dbea", "#000060"
RANGE = "#c5d7fb"
SERIES = ("#000060", "#4979f5", "#fb5b01", "#259d63", "#5109ad", "#8b008b")
"""Of a legend's entries in order; each also has a dash of its own, so that colour is never the only sign."""
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [1, 3], [10, 4])
HEAT = ("#e8f1fe", "#000060")
FONT = "Noto Sans JP, Noto Sans CJK JP, sans-serif"
KEPT = 64
_TAG, _SPOKEN = re.compile(r"<[^>]*>"), re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """What is drawn. `rows` are flat records; `x`, `y` and `series` name their fields; `order` is that of x.

    Kinds: `bars` and `lines` over x; `stack` bars by series; `heat` of x by y (then `value` is the number). A row of a
    chart of lines may have a range around its line: `low` and `high` name its fields, and a row without them has none.
    Units: `width` and `height` are CSS pixels.
    """

    title: str
    description: str = ""
    kind: Literal["bars", "stack", "lines", "heat"]
    rows: tuple[Mapping[str, Any], ...]
    x: str
    y: str
    x_title: str = ""
    y_title: str = ""
    series: str | None = None
    value: str | None = None
    low: str | None = None
    high: str | None = None
    order: tuple[Any, ...] = ()
    y_order: tuple[Any, ...] = ()
    goal: float | None = None
    goal_title: str = ""
    breaks: tuple[Any, ...] = ()
    width: int = 640
    height: int = 280


async def draw(chart: Chart) -> str:
    """The chart as an `<svg>` element with its title and description. It blocks, so it has a thread; kept a while."""
    return await asyncio.to_thread(_drawn, msgspec.json.encode(chart))


@lru_cache(maxsize=KEPT)
def _drawn(encoded: bytes) -> str:
    from_json = msgspec.json.decode(encoded, type=Chart)
    return _named(_svg(specification(from_json)), from_json)


def _svg(spec: dict[str, Any]) -> str:
    return str(_converter().vegalite_to_svg(spec))


@lru_cache(maxsize=1)
def _converter() -> Any:
    """The renderer, loaded when the first chart is drawn: it takes a hundred megabytes that few processes need."""
    return importlib.import_module("vl_convert")


def _named(svg: str, chart: Chart) -> str:
    """With one name for screen readers and for the pointer, and none of its parts'; as wide as there is room, its shape
    kept."""
    label = f"{chart.title}。{chart.description}" if chart.description else chart.title
    inner = re.sub(r"^<svg[^>]*>", "", svg, count=1)
    inner = _TAG.sub(lambda tag: _SPOKEN.sub("", tag[0]), inner)
    box = re.search(r'viewBox="([^"]+)"', svg)
    return (
        f'<svg class="drawn" xmlns="http://www.w3.org/2000/svg" viewBox="{box[1] if box else ""}" role="img"'
        f' aria-label="{escape(label)}"><title>{escape(chart.title)}</title>{inner}'
    )


def specification(chart: Chart) -> dict[str, Any]:
    """The chart in Vega-Lite."""
    layers = [{"heat": _heat, "lines": _lines}.get(chart.kind, _bars)(chart)]
    if chart.low is not None:
        layers.insert(0, _range(chart))
    if chart.goal is not None:
        layers += _goal(chart)
    if chart.breaks:
        layers.append(_breaks(chart))
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "data": {"values": list(chart.rows)},
        "width": chart.width,
        "height": chart.height,
        "background": None,
        "layer": layers,
        "config": CONFIG,
    }


CONFIG: dict[str, Any] = {
    "font": FONT,
    "view": {"stroke": None},
    "axis": {"labelFontSize": 14, "titleFontSize": 14, "titleFontWeight": "normal", "labelColor": INK,
             "titleColor": SOFT, "gridColor": LINE, "domainColor": LINE, "tickColor": LINE,
             "labelAngle": 0, "labelOverlap": True},
    "legend": {"labelFontSize": 14, "titleFontSize": 14, "labelColor": INK, "orient": "bottom", "symbolStrokeWidth": 3,
               "labelLimit": 320},
    "bar": {"color": DEEP},
}  # fmt: skip


def _bars(chart: Chart) -> dict[str, Any]:
    encoding = {"x": _across(chart), "y": _up(chart)}
    if chart.series is not None:
        encoding["color"] = _colours(chart, chart.series)
        if chart.kind == "bars":
            encoding["xOffset"] = {"field": chart.series, "type": "nominal", "sort": _series(chart, chart.series)}
    return {"mark": {"type": "bar"}, "encoding": encoding}


def _lines(chart: Chart) -> dict[str, Any]:
    encoding = {"x": _across(chart), "y": _up(chart)}
    if chart.series is not None:
        names = _series(chart, chart.series)
        encoding["color"] = _colours(chart, chart.series)
        encoding["strokeDash"] = {
            "field": chart.series,
            "type": "nominal",
            "title": None,
            "scale": {"domain": names, "range": [list(DASHES[n % len(DASHES)]) for n in range(len(names))]},
        }
    return {
        "mark": {"type": "line", "strokeWidth": 3, "color": DEEP, "point": len(chart.rows) < 40},
        "encoding": encoding,
    }


def _range(chart: Chart) -> dict[str, Any]:
    """Where a line may come to lie: a pale area beneath the lines."""
    return {
        "transform": [{"filter": f"isValid(datum[{json.dumps(chart.low)}])"}],
        "mark": {"type": "area", "color": RANGE, "opacity": 0.6},
        "encoding": {"x": _across(chart), "y": {**_up(chart), "field": chart.low}, "y2": {"field": chart.high}},
    }


def _heat(chart: Chart) -> dict[str, Any]:
    encoding = {
        "x": _across(chart),
        "y": {"field": chart.y, "type": "ordinal", "sort": list(chart.y_order) or None, "title": chart.y_title or None},
        "color": {
            "field": chart.value,
            "type": "quantitative",
            "scale": {"range": list(HEAT)},
            "legend": {"title": None, "format": ".0f"},
        },
    }
    return {"mark": {"type": "rect", "stroke": "#fff", "strokeWidth": 2}, "encoding": encoding}


def _goal(chart: Chart) -> list[dict[str, Any]]:
    at = {"y": {"datum": chart.goal, "type": "quantitative"}}
    rule = {"mark": {"type": "rule", "color": "#fb5b01", "strokeWidth": 2, "strokeDash": [6, 3]}, "encoding": at}
    said = {
        "data": {"values": [{}]},
        "mark": {"type": "text", "align": "left", "dy": -8, "fontSize": 14, "fontWeight": "bold", "color": INK,
                 "text": chart.goal_title},
        "encoding": {**at, "x": {"value": 4}},
    }  # fmt: skip
    return [rule, said] if chart.goal_title else [rule]


def _breaks(chart: Chart) -> dict[str, Any]:
    """Where the way of counting changed: a line through the chart before that x."""
    return {
        "data": {"values": [{chart.x: each} for each in chart.breaks]},
        "mark": {"type": "rule", "color": SOFT, "strokeWidth": 2, "strokeDash": [2, 3]},
        "encoding": {"x": {**_across(chart), "bandPosition": 0}},
    }


def _across(chart: Chart) -> dict[str, Any]:
    return {"field": chart.x, "type": "ordinal", "sort": list(chart.order) or None, "title": chart.x_title or None}


def _up(chart: Chart) -> dict[str, Any]:
    return {"field": chart.y, "type": "quantitative", "title": chart.y_title or None, "axis": {"tickCount": 5}}


def _series(chart: Chart, field: str) -> list[Any]:
    return list(dict.fromkeys(row[field] for row in chart.rows))


def _colours(chart: Chart, field: str) -> dict[str, Any]:
    names: Sequence[Any] = _series(chart, field)
    colours = [SERIES[n % len(SERIES)] for n in range(len(names))]
    return {"field": field, "type": "nominal", "title": None, "scale": {"domain": names, "range": colours}}
