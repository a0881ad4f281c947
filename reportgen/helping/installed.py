"""The fonts of this machine -> what a build would use of them, looked at where any may have come or gone."""

from __future__ import annotations

import os
import platform
import sys
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from reportgen.printing.origin import program_version
from reportgen.reading.project import HOUSE, Project, shipped_templates
from reportgen.running.kept import Kept
from reportgen.running.sets import digest
from reportgen.telling.findings import Finding, Span
from reportgen.telling.messages import _

BUNDLED = "pylopdf-fonts-zh-cn"  # the open fonts that come as a dependency


@dataclass(frozen=True)
class Fonts:
    """The fonts of a machine as a manifest names them, and which open ones stand for those of GB/T 9704: 仿宋 → …."""

    of_machine: str
    substituted: tuple[str, ...]

    @property
    def note(self) -> Finding | None:
        """Say which fonts are substituted, if any."""
        if not self.substituted:
            return None
        fonts = "，".join(self.substituted)
        message = _("fonts that are not installed were substituted in the PDF: {fonts}").format(fonts=fonts)
        hint = _("install the fonts of GB/T 9704, or put their files into templates/house/fonts")
        return Finding("font-substituted", Span(""), message, hint)


def fonts_here(project: Project, system: bool) -> Fonts:
    """Return the fonts that a build would use here, those of the system too where they may be used.

    They are remembered while no folder of fonts has changed: to look at all fonts takes a fifth of a second. Raises
    ReportError.
    """
    # A folder on a network is seen by many machines.
    name = f"fonts-{digest(platform.node().encode())[:8]}{'' if system else '-own'}.json"
    kept = Kept(project.hidden("seen") / name, _stamp(project, system))
    with suppress(TypeError, ValueError):
        if held := kept.read():
            of_machine, substituted = held
            return Fonts(str(of_machine), tuple(map(str, substituted)))
    from reportgen.printing.pdf import PdfPrinter  # slow to load

    printer = PdfPrinter(project.templates, system)
    found = Fonts(printer.of_machine, tuple(printer.substituted))
    kept.write([found.of_machine, found.substituted])
    return found


def _stamp(project: Project, system: bool) -> str:
    """Return the digest of all that decides which fonts there are: what is installed changes the time of a folder."""
    houses = [templates / HOUSE for templates in dict.fromkeys((project.templates, shipped_templates()))]
    files = [(house, house / name) for house in houses for name in ("fonts.yaml", "report.docx")]
    files += [(house, path) for house in houses for path in sorted((house / "fonts").rglob("*"))]
    folders = [where for folder in (_system_folders() if system else ()) for where, _inside, _names in os.walk(folder)]
    times = [f"{path.relative_to(house)} {_changed(str(path))}" for house, path in files]
    times += [f"{path} {_changed(path)}" for path in sorted(folders)]
    return digest("\0".join((program_version(), version(BUNDLED), *times)).encode("utf-8", "surrogatepass"))


def _changed(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116 - hundreds of them
    except OSError:
        return 0


def _system_folders() -> list[Path]:
    """Return where this system keeps fonts, those of this user too."""
    home = Path.home()
    if sys.platform == "win32":
        own = (os.environ.get("LOCALAPPDATA", ""), os.environ.get("APPDATA", ""))
        return [Path(os.environ.get("SYSTEMROOT", "C:/Windows")) / "Fonts", *(
            Path(folder) / "Microsoft" / "Windows" / "Fonts" for folder in own if folder
        )]  # fmt: skip
    if sys.platform == "darwin":
        return [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library" / "Fonts"]
    shared = [Path(folder) / "fonts" for folder in ("/usr/share", "/usr/local/share", "/etc")]
    return [*shared, home / ".fonts", home / ".local" / "share" / "fonts"]
