"""PDF by Typst: a source of ours, data as values, and a font that every machine has. Tagged for readers of every kind.

Data never becomes source: it arrives as JSON in `sys.inputs.data`, so no name can be read as markup.
Source: decision 0030.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec
import noto_cjk_sans_jp_regular
import typst

FONT = "Noto Sans CJK JP"
STANDARD = "ua-1"
HEAD = f"""
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title)
#set text(font: "{FONT}", lang: data.lang)
"""
"""What every source begins with: `data`, the document's title and language (both needed by PDF/UA-1), the font."""


async def typeset(source: str, data: Mapping[str, Any], files: Mapping[str, bytes] | None = None) -> bytes:
    """A PDF/UA-1 document from a Typst source. `data` needs `title` and `lang`; `files` are what the source names.

    Typst is quick (some tens of milliseconds a page) but blocks: it runs in a thread.
    """
    return await asyncio.to_thread(_compile, source, data, files or {})


def _compile(source: str, data: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes:
    """A rare sign that the font has not is printed as a box, and the document is then not called accessible."""
    given = ({"main.typ": (HEAD + source).encode(), **files}, msgspec.json.encode(data).decode())
    try:
        return _written(*given, [STANDARD])
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        return _written(*given, [])


def _written(sources: Any, data: str, standards: Any) -> bytes:
    made = typst.compile(
        sources,
        format="pdf",
        font_paths=[str(noto_cjk_sans_jp_regular.FONT_PATH.parent)],
        ignore_system_fonts=True,
        sys_inputs={"data": data},
        pdf_standards=standards,
    )
    if not isinstance(made, bytes):
        raise TypeError("one document was asked for")
    return made
