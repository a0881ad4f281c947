"""A .docx file -> PDF bytes by LibreOffice, where it is installed: for those who want Word's layout in the PDF."""

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
    with tempfile.TemporaryDirectory(prefix="reportgen-") as folder:
        source = Path(folder, "document.docx")
        source.write_bytes(data)
        command = [program, f"-env:UserInstallation={Path(folder, 'profile').as_uri()}", "--headless",
                   "--convert-to", PDF_A, "--outdir", folder, str(source)]  # fmt: skip
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT)
            return source.with_suffix(".pdf").read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            message = _("LibreOffice made no PDF: {reason}").format(reason=error)
            raise ReportError([Finding("pdf-failed", Span(name), message)]) from None
