"""ONE Piccolo app for the whole house; its migrations live at the top level."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

from booking.kit.paths import MIGRATIONS

ROOMS = (
    "kit",
    "notifications",
    "jobs",
    "access",
    "facilities",
    "people",
    "kiosks",
    "programs",
    "passes",
    "reservations",
    "visits",
    "occupancy",
    "kpi",
    "personal_data",
)

APP_CONFIG = AppConfig(
    app_name="booking",
    migrations_folder_path=str(MIGRATIONS),
    table_classes=table_finder(
        [f"booking.{room}.tables" for room in ROOMS if (Path(__file__).parent / room / "tables.py").exists()],
        exclude_imported=True,
    ),
)
