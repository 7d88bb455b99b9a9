"""Recomputing a year from its file alone: no database, no settings; whatever was changed is said in one sentence."""

from collections.abc import Iterator
from hashlib import sha256
from itertools import groupby
from typing import Any, BinaryIO

import msgspec

from booking.kit.archives import Entry, NotPlain, read_directory, read_pieces
from booking.kit.fiscal import fiscal_span
from booking.kit.i18n import N_
from booking.kpi import rules_exporting as words
from booking.kpi.rules_recounting import Tally, order_of, row_of
from booking.kpi.rules_signing import is_signed
from booking.kpi.schemas_certifying import ImportRow, VisitRow
from booking.kpi.schemas_exporting import Lines, Manifest

LONGEST_LINE, LONGEST_TEXT = 2_000, 1 << 25
"""Bytes of a line, and of a file that is read as a whole."""


class Unsound(Exception):
    """The file is not what was exported. `sentence` says why."""

    def __init__(self, sentence: str, **params: Any) -> None:
        super().__init__(sentence)
        self.sentence, self.params = sentence, params


def verify(file: BinaryIO) -> Manifest:
    """What a file says, once all of it is found to be so. Raises: Unsound."""
    try:
        return _verify(file)
    except (NotPlain, OverflowError):  # a number or a moment that no calendar holds was never written
        raise Unsound(
            N_("書き出したときの zip ファイルではありません。途中で切れたか、中身が変わっています。")
        ) from None


def _verify(file: BinaryIO) -> Manifest:
    within = read_directory(file, words.NAMES)
    manifest = _read_manifest(_whole(file, within[words.MANIFEST]))
    for name in (words.README, words.SQL):
        if sha256(_whole(file, within[name])).hexdigest() != manifest.files.get(name):
            raise Unsound(N_("{name} が変わっています。"), name=name)
    digest, tally = sha256(), Tally(manifest.definition, manifest.scopes)
    visits = _Reading(file, within[words.VISITS], manifest, VisitRow)
    for _, day in groupby(visits.rows(digest), key=lambda row: row.visited_on):
        tally.take_day(day)
    imports = _Reading(file, within[words.IMPORTS], manifest, ImportRow)
    tally.take_imports(list(imports.rows(digest)))
    visits.check(manifest.visits)
    imports.check(manifest.imports)
    if digest.hexdigest() != manifest.digest:
        raise Unsound(N_("行の照合の値（SHA-256）がちがいます。行か、照合の値が変わっています。"))
    _check_figures(manifest, tally)
    if not is_signed(manifest.public_key, manifest.signature, words.PURPOSE, words.signed_part(manifest)):
        raise Unsound(N_("署名がちがいます。manifest.json の中身が変わっています。"))
    return manifest


def _check_figures(manifest: Manifest, tally: Tally) -> None:
    found = tally.figures()
    value = found.get(manifest.definition.scope, {}).get(manifest.definition.unit)
    if value != manifest.value:
        raise Unsound(N_("数字は {said} とありますが、行から数えると {found} です。"), said=manifest.value, found=value)
    if found != manifest.values:
        raise Unsound(N_("ほかの数え方の数字が、行から数えたものとちがいます。"))


def _read_manifest(content: bytes) -> Manifest:
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
        is_same = words.manifest_bytes(manifest) == content
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise Unsound(N_("manifest.json を読み取れません。")) from None
    if not is_same or set(manifest.files) != set(words.NAMES) - {words.MANIFEST}:
        raise Unsound(N_("manifest.json が、書き出したときの形ではありません。"))
    if (manifest.standing == "certified") != (manifest.certification is not None):
        raise Unsound(N_("manifest.json が、書き出したときの形ではありません。"))
    return manifest


def _whole(file: BinaryIO, entry: Entry) -> bytes:
    if entry.size > LONGEST_TEXT:
        raise Unsound(N_("{name} が大きすぎます。"), name=entry.name)
    return b"".join(read_pieces(file, entry))


class _Reading:
    """The lines of one file within, each held against the one before."""

    def __init__(self, file: BinaryIO, entry: Entry, manifest: Manifest, kind: type[Any]) -> None:
        self._file, self._entry, self._manifest, self._kind = file, entry, manifest, kind
        self._digest = sha256()
        self._rows = 0

    def rows(self, both: Any) -> Iterator[Any]:
        """Every row; its bytes go into the digest of both files, too."""
        before: tuple[Any, ...] = ()
        from_on, until_on = fiscal_span(self._manifest.fiscal_year)
        for line in self._lines():
            self._rows += 1
            self._digest.update(line)
            both.update(line)
            row = self._row(line)
            place = order_of(row)
            if before and (place < before or (place == before and self._kind is VisitRow)):
                raise Unsound(N_("{name} の {line}行目が、順番のとおりではありません。"), **self._here())
            if not from_on <= place[0] < until_on or self._manifest.body not in ("", row.body):
                raise Unsound(N_("{name} の {line}行目が、この年度や団体のものではありません。"), **self._here())
            before = place
            yield row

    def _row(self, line: bytes) -> Any:
        try:
            return row_of(line, self._kind)
        except ValueError:
            raise Unsound(N_("{name} の {line}行目を読み取れません。"), **self._here()) from None

    def _here(self) -> dict[str, Any]:
        return {"name": self._entry.name, "line": self._rows}

    def _lines(self) -> Iterator[bytes]:
        rest = b""
        for piece in read_pieces(self._file, self._entry):
            *lines, rest = (rest + piece).split(b"\n")
            yield from (line + b"\n" for line in lines)
            if len(rest) > LONGEST_LINE:
                break
        if rest:
            self._rows += 1
            raise Unsound(N_("{name} の {line}行目を読み取れません。"), **self._here())

    def check(self, said: Lines) -> None:
        """Whether the file is the one the manifest speaks of, now that all of it was read."""
        if said.rows != self._rows or said.columns != list(self._kind.__struct_fields__):
            raise Unsound(N_("{name} の行や列の数が、manifest.json とちがいます。"), name=self._entry.name)
        if self._digest.hexdigest() != self._manifest.files[self._entry.name]:
            raise Unsound(N_("{name} が変わっています。"), name=self._entry.name)
