"""The pinned requirements of a deployment: complete, hashed, and what the project asks for."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]


def pinned() -> dict[str, str]:
    lines = (ROOT / "deploy" / "requirements.txt").read_text().splitlines()
    found = (re.match(r"([A-Za-z0-9._-]+)==([^ ;]+)", line) for line in lines)
    return {canonicalize_name(match[1]): match[2] for match in found if match}


def test_everything_the_service_needs_is_pinned_to_a_version_it_accepts() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    versions = pinned()
    for needed in map(Requirement, project["dependencies"]):
        assert needed.specifier.contains(versions[canonicalize_name(needed.name)]), needed


def test_every_pin_has_its_digests() -> None:
    text = (ROOT / "deploy" / "requirements.txt").read_text()
    entries = [entry for entry in re.split(r"\n(?=[A-Za-z0-9])", text) if not entry.startswith("#")]
    assert len(entries) == len(pinned())
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
