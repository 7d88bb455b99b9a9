"""Which version this is; `pyproject.toml` and the kiosk's `package.json` say the same (checked by a test)."""

VERSION = "0.1.0"
