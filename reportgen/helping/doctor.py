"""This machine and this folder -> what is as it must be, what is not, and what to do about it.

One block of text to send to who helps: no path in it tells whose machine it is. Every look is taken for itself, so that
one that fails, on a machine that is not well, is a line like the others.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path, PurePath
from typing import NamedTuple

from reportgen.printing.origin import DISTRIBUTION, program_version
from reportgen.printing.pdf import PdfPrinter
from reportgen.printing.soffice import find_soffice
from reportgen.printing.typefaces import NAMES
from reportgen.reading.project import Project, is_locked, write_fault
from reportgen.running.library import Library
from reportgen.telling.findings import ReportError
from reportgen.telling.messages import VARIABLES, _, language
from reportgen.telling.views import width

OLDEST = (3, 11)
LEAST_SPACE = 200 * 1024 * 1024  # bytes: a build of many centres
LONGEST_FOLDER = 150  # characters: Windows takes 260 for a whole path
SOME_CHINESE = "绩效自评报告—，。“”"


class Health(StrEnum):
    """What one look has shown."""

    WELL = "ok"
    NOTE = "note"  # works, otherwise than one may think
    FAULT = "fault"


class Look(NamedTuple):
    """What was looked at, what was seen, and what to do about it."""

    name: str
    health: Health
    seen: str
    remedy: str = ""


@dataclass(frozen=True)
class Patient:
    """What is looked at: the project folder, the encoding of the console, and the user's home."""

    project: Project
    encoding: str
    home: Path


def looks(patient: Patient) -> list[Look]:
    """Return all looks; one that cannot be taken is a fault that says so."""
    found: list[Look] = []
    for look in LOOKS:
        try:
            found += look(patient)
        except Exception as error:  # whatever is wrong with a machine, the other looks are taken
            message = _("cannot be looked at: {reason}").format(reason=f"{type(error).__name__}: {error}"[:200])
            found.append(Look(look.__name__.strip("_"), Health.FAULT, message, _("send this to who helps you")))
    return found


def block(found: Iterable[Look], patient: Patient) -> list[str]:
    """Return the looks as lines: what is wrong with a mark and what to do; the home folder is ~."""
    found = list(found)
    wide = max(width(look.name) for look in found)
    words = {Health.WELL: _("ok"), Health.NOTE: _("note"), Health.FAULT: _("FAULT")}
    mark = max(map(width, words.values()))
    lines = []
    for look in found:
        word = words[look.health]
        start = word + " " * (mark - width(word)) + "  " + look.name + " " * (wide - width(look.name)) + "  "
        lines.append(f"{start}{look.seen}".rstrip())
        if look.remedy:
            lines.append(" " * (mark + wide + 4) + f"→ {look.remedy}")
    return [_without_home(line, patient.home) for line in lines]


def _without_home(line: str, home: PurePath) -> str:
    """Return a line with ~ for the user's home, however its slashes are written."""
    pattern = re.escape(str(home)).replace(r"\\", r"[\\/]")
    flags = re.IGNORECASE if os.name == "nt" else 0
    return re.sub(rf"{pattern}(?![\w.-])", "~", line, flags=flags) if len(home.parts) > 1 else line


# --- the looks


def _program(_patient: Patient) -> Iterator[Look]:
    yield Look("reportgen", Health.WELL, program_version())
    yield Look(_("system"), Health.WELL, platform.platform())
    seen = f"{platform.python_version()}, {'64' if sys.maxsize > 2**32 else '32'} bit"
    old = sys.version_info < OLDEST
    remedy = _("install Python {n} or newer").format(n=".".join(map(str, OLDEST))) if old else ""
    yield Look("Python", Health.FAULT if old else Health.WELL, seen, remedy)


def _packages(_patient: Patient) -> Iterator[Look]:
    """What reportgen needs is named by its own distribution."""
    try:
        needed = [each for each in requires(DISTRIBUTION) or () if "extra ==" not in each]
    except PackageNotFoundError:
        yield Look(_("packages"), Health.NOTE, _("reportgen runs from a folder and is not installed"))
        return
    names = sorted(re.split(r"[^\w.-]", each, maxsplit=1)[0] for each in needed)
    there = {name: _version(name) for name in names}
    seen = ", ".join(f"{name} {number}" for name, number in there.items() if number)
    if lacking := [name for name, number in there.items() if not number]:
        remedy = _("type: pip install {names}").format(names=" ".join(lacking))
        yield Look(_("packages"), Health.FAULT, _("missing: {names}").format(names=", ".join(lacking)), remedy)
    yield Look(_("packages"), Health.WELL, seen)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _language(patient: Patient) -> Iterator[Look]:
    variable = next((name for name in VARIABLES if os.environ.get(name)), "")
    seen = f"{language()} ({variable}={os.environ[variable]})" if variable else language()
    yield Look(_("language"), Health.WELL, seen)
    try:
        SOME_CHINESE.encode(patient.encoding)
    except (LookupError, UnicodeEncodeError):
        remedy = _("in a Windows console type chcp 65001, elsewhere export LANG=zh_CN.UTF-8; or set PYTHONUTF8=1")
        message = _("{name} has no Chinese characters").format(name=patient.encoding)
        yield Look(_("console"), Health.FAULT, message, remedy)
    else:
        yield Look(_("console"), Health.WELL, patient.encoding)


def _folder(patient: Patient) -> Iterator[Look]:
    project = patient.project
    inputs = project.input_files()
    seen = _("{folder}, {n} input file(s)").format(folder=project.root, n=len(inputs))
    if inputs:
        yield Look(_("folder"), Health.WELL, seen)
    else:
        remedy = _("go into the folder that holds inputs/, or type reportgen new")
        yield Look(_("folder"), Health.NOTE, seen, remedy)
    for folder in (project.inputs, project.outputs):
        name = f"{folder.name}/"
        if reason := write_fault(folder):
            message = _("cannot be written: {reason}").format(reason=reason)
            remedy = _("take the write protection off the folder, or copy the project to where you may write")
            yield Look(name, Health.FAULT, message, remedy)
        else:
            yield Look(name, Health.WELL, _("can be written"))
    if os.name == "nt" and len(str(project.root)) > LONGEST_FOLDER:
        yield Look(_("path"), Health.NOTE, _("very long"), _("move the folder up, to D:\\reports for instance"))
    free = shutil.disk_usage(project.root).free
    little = free < LEAST_SPACE
    remedy = _("delete what you do not need, or build on another disk") if little else ""
    seen = _("{n} MB free").format(n=free // 1024**2)
    yield Look(_("space"), Health.FAULT if little else Health.WELL, seen if little else _("enough"), remedy)


def _lock(patient: Patient) -> Iterator[Look]:
    if is_locked(patient.project):
        remedy = _("wait for it, or end the other window of reportgen, watch as well")
        yield Look(_("lock"), Health.NOTE, _("another build of this folder is running"), remedy)
    else:
        yield Look(_("lock"), Health.WELL, _("free"))


def _templates(patient: Patient) -> Iterator[Look]:
    project = patient.project
    library = Library(project)
    own = project.templates.is_relative_to(project.root)
    where = _("of this folder") if own else _("those that come with reportgen")
    try:
        faulty = [name for name in library.form_names if not _is_sound(library, name)]
    except ReportError as error:
        finding = error.findings[0]
        seen = f"{finding.span.file}:{finding.span.line}: {finding.message}"
        yield Look(_("templates"), Health.FAULT, seen, _("run reportgen check --forms"))
        return
    if faulty:
        message = _("{where}; with a fault: {names}").format(where=where, names="、".join(faulty))
        yield Look(_("templates"), Health.FAULT, message, _("run reportgen check --forms"))
    else:
        message = _("{where}, {n} form(s)").format(where=where, n=len(library.form_names))
        yield Look(_("templates"), Health.WELL, message)


def _is_sound(library: Library, name: str) -> bool:
    """Tell whether a form can be read. Raises ReportError where the vocabulary cannot."""
    _vocabulary = library.vocabulary
    try:
        library.form(name)
    except ReportError:
        return False
    return True


def _fonts(patient: Patient) -> Iterator[Look]:
    """Which font stands for each of GB/T 9704's in the PDF files; Word and WPS bring their own."""
    printer = PdfPrinter(patient.project.templates)
    for role, families in printer.families.items():
        name = _("font {name}").format(name=NAMES[role])
        if role in printer.substitutes:
            yield Look(name, Health.NOTE, _("not installed; {font} stands for it in the PDF").format(font=families[0]))
        else:
            yield Look(name, Health.WELL, families[0])
    for file, family in printer.house_fonts.items():
        if family:
            yield Look(file, Health.WELL, _("a font of templates/house/fonts, by name {name}").format(name=family))
        else:
            remedy = _("put it there as .ttf, .otf or .ttc")
            yield Look(file, Health.FAULT, _("no font that can be read, in templates/house/fonts"), remedy)


def _programs(_patient: Patient) -> Iterator[Look]:
    """Programs that one can do without."""
    office = find_soffice()
    seen = office or _("not installed; only --pdf-engine libreoffice needs it")
    yield Look("LibreOffice", Health.WELL if office else Health.NOTE, seen)
    git = shutil.which("git")
    if git is None:
        yield Look("git", Health.NOTE, _("not installed; only diff --rev needs it"))
        return
    said = subprocess.run([git, "--version"], capture_output=True, timeout=20, check=False).stdout
    yield Look("git", Health.WELL, said.decode("utf-8", "replace").strip().removeprefix("git version "))


LOOKS: tuple[Callable[[Patient], Iterator[Look]], ...] = (
    _program,
    _packages,
    _language,
    _folder,
    _lock,
    _templates,
    _fonts,
    _programs,
)
