"""Files through LibreOffice, where it is installed: .docx -> .pdf with Word's layout, older formats -> .docx."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from reportgen.telling.findings import Finding, ReportError, Span
from reportgen.telling.messages import _

LIBREOFFICE = "libreoffice"  # what the command line calls it
TIMEOUT = 120  # seconds
SYSTEM = "/etc/fonts/fonts.conf"  # what fontconfig reads where nobody tells it otherwise
PDF_A = (
    'pdf:writer_pdf_Export:{"SelectPdfVersion":{"type":"long","value":"2"},'
    '"UseTaggedPDF":{"type":"boolean","value":"true"}}'
)


def find_soffice() -> str | None:
    """Return where LibreOffice is; None where it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


@dataclass(frozen=True)
class Fonts:
    """The fonts that LibreOffice is to use: where they lie, and by the name of each that may be missing those instead.

    Without ``system`` it sees no others. It asks fontconfig, which macOS and Windows do without: there, what is
    installed is what there is.
    """

    folders: Sequence[Path] = ()
    instead: Mapping[str, Sequence[str]] = field(default_factory=dict)
    system: bool = True

    def config(self, cache: Path) -> str:
        """Return a configuration of fontconfig that says so."""
        system = f'<include ignore_missing="yes">{SYSTEM}</include>' if self.system else ""
        folders = "".join(f"<dir>{escape(str(folder))}</dir>" for folder in self.folders)
        instead = "".join(
            f'<alias binding="same"><family>{escape(name)}</family><accept>'
            + "".join(f"<family>{escape(family)}</family>" for family in families)
            + "</accept></alias>"
            for name, families in self.instead.items()
        )
        head = '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
        return f"{head}<fontconfig>{system}{folders}{instead}<cachedir>{escape(str(cache))}</cachedir></fontconfig>"


def convert_docx(data: bytes, name: str, fonts: Fonts | None = None) -> bytes:
    """Return the PDF that LibreOffice makes of a .docx file, with these fonts. Raises ReportError."""
    program = find_soffice()
    if program is None:
        hint = _("install LibreOffice, or leave out --pdf-engine libreoffice")
        raise ReportError([Finding("pdf-failed", Span(name), _("LibreOffice (soffice) is not installed"), hint)])
    try:
        return _converted(program, data, ".docx", PDF_A, fonts)
    except (OSError, subprocess.SubprocessError) as error:
        message = _("LibreOffice made no PDF: {reason}").format(reason=error)
        raise ReportError([Finding("pdf-failed", Span(name), message)]) from None


def as_docx(data: bytes, suffix: str, name: str) -> bytes:
    """Return the .docx that LibreOffice makes of a file of an older or another format. Raises ReportError."""
    program, hint = find_soffice(), _("open it in Word or WPS, and save it as .docx")
    if program is None:
        message = _("{suffix} can only be read with LibreOffice, which is not installed").format(suffix=suffix)
        raise ReportError([Finding("file-unreadable", Span(name), message, hint)])
    try:
        return _converted(program, data, suffix, "docx:MS Word 2007 XML")
    except (OSError, subprocess.SubprocessError) as error:
        message = _("LibreOffice cannot read the file: {reason}").format(reason=error)
        raise ReportError([Finding("file-unreadable", Span(name), message, hint)]) from None


def _converted(program: str, data: bytes, suffix: str, wanted: str, fonts: Fonts | None = None) -> bytes:
    """Return what LibreOffice makes of a file, in the format ``wanted``. Raises OSError, SubprocessError."""
    with tempfile.TemporaryDirectory(prefix="reportgen-") as folder:
        source = Path(folder, f"document{suffix}")
        source.write_bytes(data)
        command = [program, f"-env:UserInstallation={Path(folder, 'profile').as_uri()}", "--headless",
                   "--convert-to", wanted, "--outdir", folder, str(source)]  # fmt: skip
        environment = dict(os.environ)
        if fonts:
            config = Path(folder, "fonts.conf")
            config.write_text(fonts.config(Path(folder, "fonts")), encoding="utf-8")
            environment["FONTCONFIG_FILE"] = str(config)
        subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT, env=environment)
        return source.with_suffix(f".{wanted.partition(':')[0]}").read_bytes()
