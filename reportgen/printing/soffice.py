"""Files through LibreOffice, where it is installed: .docx -> .pdf with Word's layout, older formats -> .docx."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from reportgen.telling.findings import Finding, ReportError, Span
from reportgen.telling.messages import _

LIBREOFFICE = "libreoffice"  # what the command line calls it
TIMEOUT = 120  # seconds
PDF_A = (
    'pdf:writer_pdf_Export:{"SelectPdfVersion":{"type":"long","value":"2"},'
    '"UseTaggedPDF":{"type":"boolean","value":"true"}}'
)


def find_soffice() -> str | None:
    """Return where LibreOffice is; None where it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def convert_docx(data: bytes, name: str) -> bytes:
    """Return the PDF that LibreOffice makes of a .docx file. Raises ReportError."""
    program = find_soffice()
    if program is None:
        hint = _("install LibreOffice, or leave out --pdf-engine libreoffice")
        raise ReportError([Finding("pdf-failed", Span(name), _("LibreOffice (soffice) is not installed"), hint)])
    try:
        return _converted(program, data, ".docx", PDF_A)
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


def _converted(program: str, data: bytes, suffix: str, wanted: str) -> bytes:
    """Return what LibreOffice makes of a file, in the format ``wanted``. Raises OSError, SubprocessError."""
    with tempfile.TemporaryDirectory(prefix="reportgen-") as folder:
        source = Path(folder, f"document{suffix}")
        source.write_bytes(data)
        command = [program, f"-env:UserInstallation={Path(folder, 'profile').as_uri()}", "--headless",
                   "--convert-to", wanted, "--outdir", folder, str(source)]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT)
        return source.with_suffix(f".{wanted.partition(':')[0]}").read_bytes()
