"""Where files of the product lie: beside the code in a checkout, inside the package in a wheel."""

from pathlib import Path

PACKAGE = Path(__file__).parent.parent


def _either(inside: Path, beside: Path) -> Path:
    return inside if inside.is_dir() else beside


MIGRATIONS = _either(PACKAGE / "migrations", PACKAGE.parent / "migrations")
KIOSK = _either(PACKAGE / "kiosk_dist", PACKAGE.parent / "kiosk" / "dist")
LOCALE = PACKAGE / "locale"
