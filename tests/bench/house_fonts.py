"""Our open fonts, made anew from those of their designers: what no report prints is left out.

All have TrueType's outlines: those of PostScript (CFF) cost every PDF a seventh of its time, made and read back.

By hand, with fontTools 4 and four Debian packages (fonts-lxgw-wenkai, fonts-noto-cjk, fonts-noto-cjk-extra,
unicode-data) unpacked below FOLDER with dpkg -x: python tests/bench/house_fonts.py FOLDER
"""

from __future__ import annotations

import bz2
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

ROOT = Path(__file__).parents[2]
HOUSE, OURS = ROOT / "templates" / "house" / "fonts", ROOT / "reportgen" / "printing" / "fonts"
UNIHAN = "usr/share/unicode/Unihan_OtherMappings.txt.bz2"
STANDARD = re.compile(r"U\+([0-9A-F]+)\tkTGH\t2013:(\d+)")  # 通用规范汉字表: U+4E00	kTGH	2013:1
SIGNS = "—–‘’“”…·×÷±°℃㎡㎥€¥‰〇"
RANGES = (range(0x2000, 0x3400), range(0xFE30, 0xFE50), range(0xFF00, 0xFFF0))  # of signs; Noto's are all kept
# file, font in it, name and folder of ours, last number of 通用规范汉字表 (level 2 ends at 6500, level 3 at 8105)
NOTO = "usr/share/fonts/opentype/noto"
FONTS = (
    ("usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf", -1, "Reportgen Kai", HOUSE, 6500),
    (f"{NOTO}/NotoSerifCJK-SemiBold.ttc", 2, "Reportgen Title", HOUSE, 8105),
    (f"{NOTO}/NotoSerifCJK-Regular.ttc", 2, "Reportgen Song", OURS, 8105),
    (f"{NOTO}/NotoSansCJK-Regular.ttc", 2, "Reportgen Hei", OURS, 8105),
)
MOST_OFF = 1.0  # thousandths of an em, by which a curve of TrueType leaves that of PostScript
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


def with_quadratic_curves(font: TTFont) -> None:
    """Give a font of PostScript's outlines those of TrueType."""
    names, shapes = font.getGlyphOrder(), font.getGlyphSet()
    glyf = newTable("glyf")
    glyf.glyphOrder, glyf.glyphs = names, {}
    for name in names:
        pen = TTGlyphPen(shapes)
        shapes[name].draw(Cu2QuPen(pen, MOST_OFF, reverse_direction=True))
        glyf.glyphs[name] = pen.glyph()
        glyf.glyphs[name].recalcBounds(glyf)
    advances = font["hmtx"].metrics
    font["hmtx"].metrics = {name: (advances[name][0], getattr(glyf.glyphs[name], "xMin", 0)) for name in names}
    font["glyf"], font["loca"] = glyf, newTable("loca")
    most = font["maxp"]
    most.tableVersion = 0x00010000
    for name in (
        "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs", "maxStackElements",
        "maxSizeOfInstructions", "maxComponentElements", "maxPoints", "maxContours", "maxCompositePoints",
        "maxCompositeContours", "maxComponentDepth",
    ):  # fmt: skip
        setattr(most, name, 0)  # counted as the file is written
    most.maxZones = 1
    font["post"].formatType = 3.0
    del font["CFF "]
    font.sfntVersion = "\0\1\0\0"


def main(folder: Path) -> None:
    """Write the fonts."""
    for file, number, name, out, last in FONTS:
        font = TTFont(folder / file, fontNumber=number, recalcTimestamp=False)
        options = subset.Options(hinting=False, name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14], notdef_outline=True)
        options.drop_tables += DROPPED
        subsetter = subset.Subsetter(options)
        wanted = characters(folder, last)
        if "CFF " in font:
            wanted |= {code for code in font.getBestCmap() if any(code in signs for signs in RANGES)}
        subsetter.populate(unicodes=wanted)
        subsetter.subset(font)
        if "CFF " in font:
            with_quadratic_curves(font)
        renamed(font, name)
        path = out / f"{name.replace(' ', '')}.ttf"
        font.save(path)
        print(path.name, len(font.getBestCmap()), "characters", path.stat().st_size, "bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
