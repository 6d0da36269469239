"""A page prepared once and sent many times: the parts that differ from one answer to the next are slots in it.

A template is rendered once per instrument, wave, language and side. Where an answer, an error or the form's key may
stand, it holds a mark. `Sheet` cuts the text at the marks; a page with answers kept is a join of the pieces, and the
empty page is bytes that wait ready: the same start every time, compressed once, then the key and the end of the page
(under 100 bytes), which follow as an uncompressed block of the same gzip stream. Nothing is rendered or compressed
for each request.
"""

from __future__ import annotations

import re
import secrets
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup, escape

Headers = list[tuple[bytes, bytes]]

# Nobody can write a mark into a text, since nobody knows this.
_NONCE = secrets.token_hex(8)
_MARK = re.compile(f"\ue000{_NONCE}:([0-9]+)\ue001")
_HTML = (b"content-type", b"text/html; charset=utf-8")
_GZIP_START = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"  # deflate, no name, no time, best compression


@dataclass(frozen=True)
class Slot:
    """`kind` is checked, selected, value, text, ticked, invalid, error, faulty, summary or key; `name` a form field."""

    kind: str
    name: str = ""
    value: str = ""


@dataclass
class Slots:
    """Given to the template: `slots.checked(name, value)` and so on leave marks and remember what they stand for."""

    found: list[Slot] = field(default_factory=list)

    def _mark(self, slot: Slot) -> Markup:
        self.found.append(slot)
        return Markup(f"\ue000{_NONCE}:{len(self.found) - 1}\ue001")  # noqa: S704

    def checked(self, name: str, value: str) -> Markup:
        return self._mark(Slot("checked", name, value))

    def selected(self, name: str, value: str) -> Markup:
        return self._mark(Slot("selected", name, value))

    def value(self, name: str) -> Markup:
        return self._mark(Slot("value", name))

    def text(self, name: str) -> Markup:
        return self._mark(Slot("text", name))

    def invalid(self, name: str) -> Markup:
        return self._mark(Slot("invalid", name))

    def error(self, name: str) -> Markup:
        return self._mark(Slot("error", name))

    def if_faulty(self, words: str) -> Markup:
        """`words` where a summary stands above the form, nothing where none does."""
        return self._mark(Slot("faulty", value=words))

    def summary(self) -> Markup:
        return self._mark(Slot("summary"))

    def key(self) -> Markup:
        return self._mark(Slot("key"))


class Sheet:
    """A rendered page with its slots. The key, if there is one, is the last of them."""

    def __init__(self, rendered: str, slots: Sequence[Slot]) -> None:
        pieces = _MARK.split(rendered)
        self._texts = pieces[::2]
        self._slots = [slots[int(number)] for number in pieces[1::2]]
        has_key = bool(self._slots) and self._slots[-1].kind == "key"
        start, end = ("".join(self._texts[:-1]), self._texts[-1]) if has_key else ("".join(self._texts), "")
        self._start, self._end = start.encode(), end.encode()
        self._packed, self._crc = _packed(self._start), zlib.crc32(self._start)

    def blank(self, key: bytes, gzip: bool) -> tuple[Headers, bytes]:
        """Headers and body of the page without answers; `key` goes into its slot."""
        tail = key + self._end
        if not gzip:
            return _headers(len(self._start) + len(tail)), self._start + tail
        size = len(tail)
        crc = zlib.crc32(tail, self._crc)
        total = (len(self._start) + size) & 0xFFFFFFFF
        # Last block, stored: its length, the complement of it, the bytes; then what gzip ends with.
        body = b"".join(
            (self._packed, struct.pack("<BHH", 1, size, size ^ 0xFFFF), tail, struct.pack("<II", crc, total))
        )
        return [*_headers(len(body)), (b"content-encoding", b"gzip")], body

    def filled(
        self, form: Mapping[str, Sequence[str]], errors: Mapping[str, str], summary: Markup, key: str
    ) -> bytes:
        """The page with answers kept. `errors`: form field → message; `summary` stands above the form."""
        out = [self._texts[0]]
        for slot, text in zip(self._slots, self._texts[1:], strict=True):
            out.append(_content(slot, form, errors, summary, key))
            out.append(text)
        return "".join(out).encode()


def _content(
    slot: Slot, form: Mapping[str, Sequence[str]], errors: Mapping[str, str], summary: Markup, key: str
) -> str:
    given = form.get(slot.name, ())
    if slot.kind in ("checked", "selected"):
        return f" {slot.kind}" if slot.value in given else ""
    if slot.kind == "value":
        return f' value="{escape(given[0])}"' if given else ""
    if slot.kind == "text":
        # The parser drops one line break after <textarea>, so one is put there for it to drop.
        return f"\n{escape(given[0])}" if given else ""
    if slot.kind == "key":
        return key
    if slot.kind == "summary":
        return summary
    if slot.kind == "faulty":
        return str(escape(slot.value)) if summary else ""
    if slot.name not in errors:
        return ""
    if slot.kind == "invalid":
        return f' aria-invalid="true" aria-describedby="e.{escape(slot.name)}"'
    return f'<p class="error" id="e.{escape(slot.name)}">{escape(errors[slot.name])}</p>'


def _packed(start: bytes) -> bytes:
    """The start as gzip without its end: flushed, so that it ends on a whole byte and refers to nothing after it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9)
    return _GZIP_START + packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)


def _headers(length: int) -> Headers:
    return [_HTML, (b"content-length", str(length).encode()), (b"vary", b"accept-encoding")]
