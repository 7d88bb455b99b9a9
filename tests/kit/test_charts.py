"""Charts: a picture of a table, named for everybody, in which data is never markup."""

from xml.etree import ElementTree

import pytest

from booking.kit.charts import RANGE, SERIES, Chart, draw, specification

pytestmark = pytest.mark.anyio
MONTHS = ("4月", "5月", "6月")
HOSTILE = "<script>alert(1)</script>&\"'"


def rows(*series: str) -> tuple[dict[str, object], ...]:
    return tuple({"month": month, "users": n * 10, "of": one} for one in series for n, month in enumerate(MONTHS))


@pytest.mark.parametrize("kind", ["bars", "stack", "lines", "heat"])
async def test_every_kind_is_an_svg_with_a_name(kind: str) -> None:
    chart = Chart(title="月ごと", description="表と同じ数字", kind=kind, rows=rows("2025", "2026"), x="month",  # type: ignore[arg-type]
                  y="of" if kind == "heat" else "users", series=None if kind == "heat" else "of", value="users",
                  order=MONTHS, goal=15, goal_title="目標 15", breaks=("5月",))  # fmt: skip
    tree = ElementTree.fromstring(await draw(chart))
    assert (tree.get("role"), tree.get("aria-label")) == ("img", "月ごと。表と同じ数字")
    assert not [part for part in tree.iter() if part is not tree and (part.get("role") or part.get("aria-label"))]
    said = "".join(tree.itertext())
    for each in (*MONTHS, "目標 15"):
        assert each in said


async def test_data_is_never_markup() -> None:
    hostile = rows(HOSTILE)
    svg = await draw(
        Chart(title=HOSTILE, kind="stack", rows=hostile, x="month", y="users", series="of", x_title=HOSTILE)
    )
    assert "<script" not in svg
    assert HOSTILE in "".join(ElementTree.fromstring(svg).itertext())


def test_series_differ_by_more_than_colour() -> None:
    spec = specification(Chart(title="x", kind="lines", rows=rows("a", "b"), x="month", y="users", series="of"))
    encoding = spec["layer"][0]["encoding"]
    assert encoding["color"]["scale"]["range"] == list(SERIES[:2])
    assert len({tuple(dash) for dash in encoding["strokeDash"]["scale"]["range"]}) == 2


async def test_without_rows_it_is_an_empty_picture() -> None:
    assert (await draw(Chart(title="空", kind="bars", rows=(), x="month", y="users"))).startswith("<svg")


async def test_a_range_lies_beneath_the_lines() -> None:
    given = ({"month": "4月", "users": 1, "of": "a"}, {"month": "5月", "users": 3, "of": "a", "least": 2, "most": 5})
    chart = Chart(title="x", kind="lines", rows=given, x="month", y="users", series="of", low="least", high="most")
    assert [layer["mark"]["type"] for layer in specification(chart)["layer"]] == ["area", "line"]
    assert RANGE in await draw(chart)
