"""What Piccolo's own commands ask for. The address is set by whoever starts the process."""

from piccolo.conf.apps import AppRegistry

from booking.kit.db import DB

APP_REGISTRY = AppRegistry(apps=["booking.piccolo_app"])

__all__ = ["APP_REGISTRY", "DB"]
