"""Bytes -> text: UTF-8 only, and no character that cannot be seen or only looks like another."""

from __future__ import annotations

import codecs
import re
import unicodedata

from reportgen.telling.findings import Finding, ReportError, Span
from reportgen.telling.messages import _

MAX_LISTED = 20  # findings of one kind in one file

# Not printable, not seen on the screen, or a line end that editors do not show. U+0085 … U+2029 end a line in YAML.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufdd0-\ufdef\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
# Radicals and compatibility ideographs, as pasted from PDF files: they look like common characters, but are others.
# (Simplified radicals have no compatibility mapping; these are Unicode's equivalent ideographs.)
RADICALS = "⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳"
USUAL = dict(zip(RADICALS, "民虎西见角贝车长门青韦页风飞食马鬼鱼鸟卤麦黄齐齿龙龟", strict=True))
# (Twelve characters of the compatibility block are characters of their own.)
LOOK_ALIKE = re.compile("(?![﨎﨏﨑﨓﨔﨟﨡﨣﨤﨧﨨﨩])[\u2e80-\u2fdf\uf900-\ufaff\U0002f800-\U0002fa1f]")


def decode(data: bytes, name: str) -> tuple[str, list[Finding]]:
    """Return the text and what is odd about its encoding. Raises ReportError where it is not UTF-8."""
    save_as = _("in Notepad choose “Save as” and the encoding UTF-8; in VS Code “Save with Encoding”, UTF-8")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ReportError([Finding("not-utf8", Span(name), _("the file is UTF-16 (“Unicode”), not UTF-8"), save_as)])
    notes: list[Finding] = []
    if data.startswith(codecs.BOM_UTF8):
        data = data[len(codecs.BOM_UTF8) :]
        message = _("the file starts with a byte order mark, which was passed over")
        notes.append(
            Finding("byte-order-mark", Span(name), message, _("nothing to do; “UTF-8” without BOM saves without it"))
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ReportError([_not_utf8(data, error.start, name, save_as)]) from None
    if re.search("[\x80-\u07ff]", text) and not re.search("[\u4e00-\u9fff]", text):
        try:  # two GBK bytes can by chance be one character of UTF-8
            data.decode("gb18030")
        except UnicodeDecodeError:
            return text, notes
        place = next(index for index, byte in enumerate(data) if byte > 127)
        raise ReportError([_not_utf8(data, place, name, save_as)])
    return text, notes


def _not_utf8(data: bytes, place: int, name: str, hint: str) -> Finding:
    line = data.count(b"\n", 0, place) + 1
    start = data.rfind(b"\n", 0, place) + 1
    end = data.find(b"\n", place)
    raw = data[start : end if end >= 0 else len(data)]
    text = raw.decode("gb18030", "replace").rstrip("\r")
    column = len(data[start:place].decode("gb18030", "replace")) + 1
    try:
        data.decode("gb18030")
        message = _("the file is not UTF-8; it looks like GBK (ANSI)")
    except UnicodeDecodeError:
        message = _("the file is not UTF-8; part of it is damaged")
    return Finding("not-utf8", Span(name, line, column, 1, text), message, hint)


def odd_characters(lines: tuple[str, ...], name: str) -> list[Finding]:
    """Return a finding for each character that cannot be seen, or that only looks like another."""
    invisible: list[Finding] = []
    look_alike: list[Finding] = []
    for number, line in enumerate(lines, 1):
        for match in INVISIBLE.finditer(line):
            code = f"U+{ord(match[0]):04X} {unicodedata.name(match[0], '')}".strip()
            message = _("there is an invisible character here: {code}").format(code=code)
            hint = _("delete it and type the text anew")
            invisible.append(
                Finding("invisible-character", Span(name, number, match.start() + 1, 1, line), message, hint)
            )
        for match in LOOK_ALIKE.finditer(line):
            usual = USUAL.get(match[0]) or unicodedata.normalize("NFKC", match[0])
            message = _("“{odd}” (U+{code:04X}) only looks like “{usual}”; it was probably pasted from a PDF file")
            message = message.format(odd=match[0], code=ord(match[0]), usual=usual)
            hint = _("type {usual}").format(usual=usual)
            look_alike.append(Finding("look-alike", Span(name, number, match.start() + 1, 1, line), message, hint))
    return invisible[:MAX_LISTED] + look_alike[:MAX_LISTED]
