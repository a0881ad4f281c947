"""The open fonts of the house, made anew from those of their designers: what no report prints is left out.

By hand, with fontTools 4 and three Debian packages (fonts-lxgw-wenkai, fonts-noto-cjk-extra, unicode-data) unpacked
below FOLDER with dpkg -x: python tests/bench/house_fonts.py FOLDER
"""

from __future__ import annotations

import bz2
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

OUT = Path(__file__).parents[2] / "templates" / "house" / "fonts"
UNIHAN = "usr/share/unicode/Unihan_OtherMappings.txt.bz2"
STANDARD = re.compile(r"U\+([0-9A-F]+)\tkTGH\t2013:(\d+)")  # 通用规范汉字表: U+4E00	kTGH	2013:1
SIGNS = "—–‘’“”…·×÷±°℃㎡㎥€¥‰〇"
# file, font in it, name of ours, up to which number of 通用规范汉字表 (level 2 ends at 6500, level 3 at 8105)
FONTS = (
    ("usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf", -1, "Reportgen Kai", 6500),
    ("usr/share/fonts/opentype/noto/NotoSerifCJK-SemiBold.ttc", 2, "Reportgen Title", 8105),
)
DROPPED = ["DSIG", "GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "gasp"]


def characters(folder: Path, last: int) -> set[int]:
    """Return GB 2312, Latin 1, 通用规范汉字表 up to a number, and signs of reports."""
    return {*_gb2312(), *range(0x20, 0x7F), *range(0xA0, 0x100), *map(ord, SIGNS), *_standard(folder, last)}


def _gb2312() -> Iterator[int]:
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            if text := bytes([row, cell]).decode("gb2312", "ignore"):
                yield ord(text)


def _standard(folder: Path, last: int) -> Iterator[int]:
    for match in STANDARD.finditer(bz2.decompress((folder / UNIHAN).read_bytes()).decode()):
        if int(match[2]) <= last:
            yield int(match[1], 16)


def renamed(font: TTFont, name: str) -> None:
    """Call a font by a name of ours: its licence reserves that of the original."""
    for record in list(font["name"].names):
        if record.platformID != 3 or record.langID != 0x409:
            font["name"].removeNames(platformID=record.platformID, langID=record.langID)
    plain = name.replace(" ", "")
    for number, text in {1: name, 2: "Regular", 3: plain, 4: name, 6: plain}.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    for number in (16, 17):
        font["name"].removeNames(nameID=number)
    if "CFF " in font:
        table = font["CFF "].cff
        table.fontNames = [plain]
        table.topDictIndex[0].FullName = name
        table.topDictIndex[0].FamilyName = name


def main(folder: Path) -> None:
    """Write the fonts."""
    for file, number, name, last in FONTS:
        font = TTFont(folder / file, fontNumber=number, recalcTimestamp=False)
        options = subset.Options(hinting=False, name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14], notdef_outline=True)
        options.drop_tables += DROPPED
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=characters(folder, last))
        subsetter.subset(font)
        renamed(font, name)
        path = OUT / f"{name.replace(' ', '')}.{'otf' if 'CFF ' in font else 'ttf'}"
        font.save(path)
        print(path.name, len(font.getBestCmap()), "characters", path.stat().st_size, "bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
