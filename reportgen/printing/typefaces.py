"""templates/house/fonts.yaml -> which font families print what; and the folders that hold fonts of our own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pylopdf_fonts_zh_cn

from reportgen.reading.frames import FontsFile, RoleFonts, read_frame
from reportgen.reading.project import HOUSE, shipped_templates
from reportgen.reading.source import read_source
from reportgen.telling.findings import ReportError, has_errors

NAMES = {"title": "小标宋", "body": "仿宋", "kai": "楷体", "hei": "黑体", "song": "宋体"}  # of the roles
PART_OF = {"Reportgen Song": "Noto Serif SC", "Reportgen Hei": "Noto Sans SC"}  # of ours: one design in two files
FILE, FOLDER = "fonts.yaml", "fonts"
OURS = Path(__file__).with_name(FOLDER)
KINDS = (".ttf", ".otf", ".ttc", ".otc", ".woff", ".woff2", ".eot", ".fon", ".pfb")  # of font files, read or not

Families = tuple[str, ...]


@dataclass(frozen=True)
class Typefaces:
    """The families of each role, best first: those of GB/T 9704, and the open ones that stand for them.

    ``latin`` and ``rare`` have what these lack: foreign words, and rare characters.
    """

    standard: Mapping[str, Families]
    substitutes: Mapping[str, Families]
    latin: Families
    rare: Families


def read_typefaces(templates: Path) -> Typefaces:
    """Return the families that a folder of templates asks for; where it says nothing, ours. Raises ReportError."""
    house = _house(templates, FILE)
    source = read_source(house / FILE, f"templates/{HOUSE}/{FILE}")
    frame, findings = read_frame(source, FontsFile)
    if has_errors(found := [*source.findings, *findings]):
        raise ReportError(found)
    return Typefaces(_roles(frame.standard), _roles(frame.substitutes), tuple(frame.latin), tuple(frame.rare))


def _roles(frame: RoleFonts | None) -> dict[str, Families]:
    return {role: tuple(getattr(frame, role, ())) for role in NAMES}


def font_folders(templates: Path) -> list[Path]:
    """Return where fonts lie that need not be installed: those of the house, ours, and those of a dependency."""
    return [_house(templates, FOLDER) / FOLDER, OURS, bundled_fonts()]


def font_files(templates: Path) -> list[Path]:
    """Return the font files of the house, by their names' endings."""
    return sorted(path for path in font_folders(templates)[0].rglob("*") if path.suffix.lower() in KINDS)


def bundled_fonts() -> Path:
    """Return where the open fonts lie that come as a dependency."""
    return Path(pylopdf_fonts_zh_cn.serif_path()).parent


def _house(templates: Path, name: str) -> Path:
    """Return the folder of the house that has a file of this name: that of the templates, or else ours."""
    house = templates / HOUSE
    return house if (house / name).exists() else shipped_templates() / HOUSE
