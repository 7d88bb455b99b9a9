"""The two papers of an entrance, for the counter and for the wall, each print on one page."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.house.code import ROOT


@pytest.mark.parametrize("name", ["desk", "kiosk"])
def test_a_sheet_prints_on_exactly_one_page(name: str, chromium: Browser, tmp_path: Path) -> None:
    page = chromium.new_page()
    page.goto((ROOT / f"docs/ja/{name}.html").as_uri())
    printed = page.pdf(path=tmp_path / f"{name}.pdf", prefer_css_page_size=True)
    page.close()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
