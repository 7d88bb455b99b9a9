"""A zip file of a few files as they are, in one order: the same contents are always the same bytes.

Nothing is compressed, so no reader can be made to unpack more than it was sent, and what is not exactly as written
here (another file, a comment, a gap, a header that contradicts the directory) is told apart by comparing bytes.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import BinaryIO

from msgspec import Struct

MOST_BYTES = 0xFFFFFFFE
"""What a zip file without extensions can hold."""
_PIECE = 1 << 16
_NEW_YEAR_1980 = 0x21
_LOCAL, _CENTRAL, _END = struct.Struct("<4s5H3I2H"), struct.Struct("<4s6H3I5H2I"), struct.Struct("<4s4H2IH")


class NotPlain(ValueError):
    """Not an archive as `Archive` writes it."""


class TooLarge(ValueError):
    """More than an archive can hold."""


class Entry(Struct, frozen=True, kw_only=True):
    """A file within: where its header begins, and what the header says of it."""

    name: str
    at: int
    size: int
    crc: int

    def header(self) -> bytes:
        """The bytes before its contents."""
        name = self.name.encode("ascii")
        sizes = (self.crc, self.size, self.size)
        return _LOCAL.pack(b"PK\x03\x04", 20, 0, 0, 0, _NEW_YEAR_1980, *sizes, len(name), 0) + name

    def line(self) -> bytes:
        """Its line in the directory."""
        name = self.name.encode("ascii")
        kind = (b"PK\x01\x02", 20 | 3 << 8, 20, 0, 0, 0, _NEW_YEAR_1980)
        return _CENTRAL.pack(*kind, self.crc, self.size, self.size, len(name), *[0] * 4, 0o100644 << 16, self.at) + name


def _directory(entries: Sequence[Entry]) -> bytes:
    lines = b"".join(entry.line() for entry in entries)
    last = entries[-1]
    at = last.at + len(last.header()) + last.size
    return lines + _END.pack(b"PK\x05\x06", 0, 0, len(entries), len(entries), len(lines), at, 0)


class Archive:
    """Writes one file after the other into a stream that can go back."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._entries: list[Entry] = []
        self._begin = 0

    def begin(self, name: str) -> None:
        """What is written from now on is the file of this name."""
        self._name, self._size, self._crc, self._digest = name, 0, 0, sha256()
        self._out.write(Entry(name=name, at=self._begin, size=0, crc=0).header())

    def write(self, content: bytes) -> None:
        """More of the file begun. Raises: TooLarge."""
        self._size += len(content)
        if self._begin + self._size > MOST_BYTES:
            raise TooLarge
        self._crc = zlib.crc32(content, self._crc)
        self._digest.update(content)
        self._out.write(content)

    def end(self) -> str:
        """The file is complete; the SHA-256 of its contents."""
        entry = Entry(name=self._name, at=self._begin, size=self._size, crc=self._crc)
        self._entries.append(entry)
        self._out.seek(self._begin)
        self._out.write(entry.header())
        self._begin += len(entry.header()) + entry.size
        self._out.seek(self._begin)
        return self._digest.hexdigest()

    def add(self, name: str, content: bytes) -> str:
        """A whole file; the SHA-256 of its contents."""
        self.begin(name)
        self.write(content)
        return self.end()

    def close(self) -> None:
        """The archive is complete."""
        self._out.write(_directory(self._entries))


def read_directory(file: BinaryIO, names: Sequence[str]) -> dict[str, Entry]:
    """The files of an archive that has exactly these, in this order. Raises: NotPlain."""
    entries: list[Entry] = []
    at = 0
    for name in names:
        file.seek(at)
        header = file.read(_LOCAL.size + len(name))
        if len(header) < _LOCAL.size + len(name):
            raise NotPlain
        _, _, _, _, _, _, crc, size, *_ = _LOCAL.unpack_from(header)
        entry = Entry(name=name, at=at, size=size, crc=crc)
        if entry.header() != header:
            raise NotPlain
        entries.append(entry)
        at += len(header) + size
        if at > MOST_BYTES:
            raise NotPlain
    rest = _directory(entries)
    file.seek(at)
    if file.read(len(rest) + 1) != rest:
        raise NotPlain
    return {entry.name: entry for entry in entries}


def read_pieces(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """The contents of a file within, piece by piece. Raises: NotPlain when they are damaged."""
    file.seek(entry.at + len(entry.header()))
    left, crc = entry.size, 0
    while left:
        piece = file.read(min(left, _PIECE))
        if not piece:
            raise NotPlain
        left -= len(piece)
        crc = zlib.crc32(piece, crc)
        yield piece
    if crc != entry.crc:
        raise NotPlain
