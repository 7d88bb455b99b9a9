"""What the documents promise is there: the map of rooms, every setting, job and refusal, every link."""

import re

import msgspec

from booking.kit.settings import PREFIX, Settings
from tests.house import documents
from tests.house.code import PACKAGE, ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
NOT_ROOMS = frozenset({"locale", "__pycache__", "kiosk_dist", "migrations"})


def test_map_of_rooms_is_the_tree() -> None:
    mapped = re.findall(r"^\| `(\w+)` \|.*\|.*\|$", README.split("## The house")[1], re.M)
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir()} - NOT_ROOMS
    assert set(mapped) == rooms


def test_map_of_rooms_is_in_the_order_of_imports() -> None:
    mapped = re.findall(r"^\| `(\w+)` \|.*\|.*\|$", README.split("## The house")[1], re.M)
    law = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    layers = re.findall(r'^  "([^"]+)",$', law.split("layers = [")[1].split("]")[0], re.M)
    height = {name: len(layers) - at for at, layer in enumerate(layers) for name in re.findall(r"\w+", layer)}
    heights = [height[room] for room in mapped if room != "kit"]
    below = [room for room, at, before in zip(mapped[2:], heights[1:], heights, strict=False) if at < before - 1]
    assert mapped[0] == "kit"
    assert below == [], "a room stands above one that it is used by"


def test_every_setting_is_documented() -> None:
    missing = [
        name for field in msgspec.structs.fields(Settings) if f"`{(name := PREFIX + field.name.upper())}`" not in README
    ]
    unknown = set(re.findall(r"^\| `(BOOKING_\w+)`", README, re.M)) - {
        PREFIX + field.name.upper() for field in msgspec.structs.fields(Settings)
    }
    assert (missing, unknown) == ([], set())


def test_first_two_shell_blocks_are_the_two_commands() -> None:
    first, second = re.findall(r"```sh\n(.*?)```", README, re.S)[:2]
    assert "pip install ." in first
    assert first.rstrip().endswith("booking serve --demo")
    assert "pip install '.[test]'" in second
    assert "pytest" in second


def test_refusals_and_jobs_are_documented() -> None:
    assert documents.REFUSALS.read_text(encoding="utf-8") == documents.page_of_refusals(), documents.BY_HAND
    assert documents.JOBS.read_text(encoding="utf-8") == documents.page_of_jobs(), documents.BY_HAND


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text(encoding="utf-8")):
            if not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)} → {target}")
    assert broken == []


def test_desk_sheet_names_what_the_pages_say() -> None:
    named = set(re.findall(r"<b>(.*?)</b>", (ROOT / "docs/ja/desk.html").read_text(encoding="utf-8")))
    pages = "".join(page.read_text(encoding="utf-8") for page in PACKAGE.rglob("*.html"))
    code = "".join(page.read_text(encoding="utf-8") for page in PACKAGE.rglob("*.py"))
    missing = sorted(name for name in named if f'_("{name}")' not in pages + code)
    assert named
    assert missing == [], "the desk's sheet names a button that no page has"
