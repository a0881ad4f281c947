"""A folder -> where its templates, inputs and outputs are; the only place that writes."""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fnmatch import fnmatch, fnmatchcase
from functools import cached_property, lru_cache
from pathlib import Path

from reportgen.reading.obstacles import cannot_write, leads_outside, outside, why
from reportgen.telling.findings import ReportError

MAX_BYTES = 2 * 1024 * 1024  # of an input file
PACKAGED = Path(__file__).parent.parent / "templates"
CHECKOUT = Path(__file__).parent.parent.parent / "templates"
HEAD = re.compile("^(单位|地区|年度):[ \t]*(.*?)[ \t]*(?:#.*)?\r?$".encode(), re.MULTILINE)
TITLE = re.compile("^名称:[ \t]*(.*?)[ \t]*(?:#.*)?\r?$".encode(), re.MULTILINE)
HAN = rb"(?:[\xe4-\xe9][\x80-\xbf]{2})"  # a Chinese character in UTF-8
FIGURE = re.compile(  # 受理: 445 wherever it stands
    rb"(?<![\x80-\xff])(?!%s)(%s{1,12}): *\"?([0-9]+(?:[.,][0-9]+)*)" % ("年度|日期".encode(), HAN)
)
LIST = re.compile(rb"(?<![^\s:\"'])[^\s:\"']{1,250}\.csv\b", re.IGNORECASE)
AROUND = b" \t\"'{}[],-"
UMASK = os.umask(0)
os.umask(UMASK)  # it can only be read by setting it
SETTINGS = "reportgen.yaml"
HOUSE = "house"  # the folder of templates/ that all forms share
ROSTER = "roster.yaml"  # who is due; no centre's input
PACKED = "pack"  # the folder of outputs/<year>/ for what is sent, which git does not see; no centre's
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")


@dataclass(frozen=True)
class Project:
    """A project folder; ``outputs`` may lie elsewhere."""

    root: Path
    templates: Path
    outputs: Path

    @property
    def inputs(self) -> Path:
        """Where the centres' files are: inputs/<year>/<centre>.yaml."""
        return self.root / "inputs"

    def input_files(self) -> list[Path]:
        """Return every input file, in the order of year and name."""
        return [
            folder / name
            for folder in sorted(self.inputs.glob("*/"))
            for name in sorted(names_in(folder))
            if fnmatch(name, "*.yaml") and name != ROSTER
        ]

    def profile_names(self) -> list[str]:
        """Return the names of the scoring profiles."""
        return sorted(path.stem for path in (self.templates / "profiles").glob("*.yaml"))

    def form_names(self) -> list[str]:
        """Return the folders of templates/ that are forms."""
        return sorted(path.parent.name for path in self.templates.glob("*/form.yaml"))

    @cached_property
    def form_titles(self) -> dict[str, str]:
        """The forms by their Chinese names (名称), as typed in their form.yaml."""
        found: dict[str, str] = {}
        for name in self.form_names():
            try:
                data = (self.templates / name / "form.yaml").read_bytes()
            except OSError:
                continue
            if match := TITLE.search(data):
                found.setdefault(match[1].decode("utf-8", "replace").strip("\"'"), name)
        return found

    @cached_property
    def _resolved(self) -> Path:
        return self.root.resolve()

    def name(self, path: Path) -> str:
        """Return how messages call ``path``: relative to the folder, with forward slashes."""
        return _name(self._resolved, path.absolute())

    def holds(self, path: Path) -> bool:
        """Tell whether a file lies where inputs belong: in inputs/<year>/."""
        return path.absolute().parent.parent.resolve() == self.inputs.resolve()

    def last_year(self, path: Path, year: int) -> Path | None:
        """Return the same centre's file of the year before, if there is one."""
        earlier = path.parent.parent / str(year - 1) / path.name
        return earlier if earlier.is_file() else None

    def centres(self, path: Path, names: Iterable[str]) -> tuple[str, ...]:
        """Return the files beside ``path`` that 下辖 names, each once; “*” is any letters, but never itself."""
        found: dict[str, None] = {}
        for name in names:
            if "*" in name:
                beside = (other for other in self.beside(path) if other != path.stem)
                found |= dict.fromkeys(other for other in beside if fnmatchcase(other, name))
            elif not unusable_name(name) and name != path.stem:
                found[name] = None
        return tuple(found)

    def beside(self, path: Path) -> list[str]:
        """Return the names of all inputs in the folder of one, without their ending."""
        return sorted(other.stem for other in path.parent.glob("*.yaml") if other.name != ROSTER)

    def hidden(self, name: str) -> Path:
        """Return the path of a file of the program's own, in a folder that git does not see."""
        return self.root / ".reportgen" / name

    @property
    def schemas(self) -> Path:
        """Where the JSON schemas lie by which an editor completes what is typed."""
        return self.hidden("schema")

    def output_set(self, path: Path) -> Path:
        """Return the folder that holds all documents of one input, and of no other.

        Its year is that of the input's folder: what the input says of itself may be another's, or not there.
        """
        return self.outputs / path.parent.name / path.stem

    def output(self, path: Path, form: str) -> Path:
        """Return the folder that holds the documents of one form for one input."""
        return self.output_set(path) / form


@lru_cache(maxsize=64)  # that of an input is asked for again and again while it is worked on
def _name(root: Path, path: Path) -> str:
    try:
        return settled(path).relative_to(root).as_posix()
    except ValueError:
        return str(path)


def settled(path: Path) -> Path:
    """Return a file's path without links and in its own case; a file that is a link itself stays one."""
    return path.parent.resolve() / path.name if path.is_symlink() else path.resolve()


@dataclass(frozen=True, slots=True)
class Glance:
    """What an unparsed input file says of itself: 单位, 地区 and 年度 as typed.

    ``figures`` are the numbers of three digits and more, each with its key; ``lists`` the CSV files that it may name.
    """

    unit: str = ""
    district: str = ""
    year: str = ""
    figures: frozenset[tuple[str, str]] = frozenset()
    lists: frozenset[str] = frozenset()
    is_city: bool = False  # it may name centres under 下辖


@dataclass(frozen=True)
class Copy:
    """Another centre's file that states ``shared`` of the ``figures`` of three digits and more of this one."""

    file: str
    unit: str
    shared: int
    figures: int


def glance(path: Path) -> Glance:
    """Return what can be seen of an input file without parsing it; nothing where it cannot be read."""
    return glance_of(seen_bytes(path))


def seen_bytes(path: Path) -> bytes:
    """Return what a glance at a file sees: nothing of one that cannot be read, or is larger than any input."""
    try:
        return path.read_bytes() if path.is_file() and path.stat().st_size <= MAX_BYTES else b""
    except OSError:
        return b""


def glance_of(data: bytes) -> Glance:
    """Return what can be seen of the bytes of an input file."""
    head = {key.decode(): value.decode("utf-8", "replace").strip("\"'") for key, value in HEAD.findall(data)}
    figures = frozenset(
        (key.decode("utf-8", "replace"), value.decode())
        for key, value in FIGURE.findall(data)
        if sum(map(value.count, (b".", b","))) + 3 <= len(value)
    )
    unit, district, year = (head.get(key, "") for key in ("单位", "地区", "年度"))
    return Glance(unit, district, year, figures, frozenset(_lists_beside(data)), "下辖".encode() in data)


def forms_in(data: bytes, forms: Mapping[str, str]) -> frozenset[str]:
    """Return the forms that the bytes of an input name; their ids are given by what a file may call them."""
    return frozenset(form for title, form in forms.items() if title.encode() in data)


def _lists_beside(data: bytes) -> Iterator[str]:
    """Yield what may be the name of a CSV file beside the input, one with spaces in it, too: 2023 list.csv."""
    for piece in re.split(rb"[/\\:\r\n]", data) if b".csv" in data.lower() else ():
        spaced, end, _rest = piece.lower().rpartition(b".csv")
        if end:
            yield piece[: len(spaced) + len(end)].strip(AROUND).decode("utf-8", "replace")
        yield from lists_in(piece)


def lists_in(data: bytes) -> frozenset[str]:
    """Return the CSV files that an input may name."""
    return frozenset(name.decode("utf-8", "replace") for name in LIST.findall(data))


def find_project(start: Path, outputs: Path | None = None) -> Project:
    """Return the project around ``start``: the nearest folder with inputs/ or templates/facts.yaml.

    A project without templates of its own uses the ones that come with reportgen.
    """
    start = start.resolve()
    folders = [start, *start.parents]
    root = next((folder for folder in folders if _is_project(folder)), start)
    own = root / "templates"
    templates = own if (own / "facts.yaml").is_file() else shipped_templates()
    return Project(root, templates, outputs.resolve() if outputs else root / "outputs")


def shipped_templates() -> Path:
    """Return the templates that come with reportgen: those of the wheel, or of the checkout it runs from."""
    return PACKAGED if PACKAGED.is_dir() else CHECKOUT


def _is_project(folder: Path) -> bool:
    return (folder / "inputs").is_dir() or (folder / "templates" / "facts.yaml").is_file()


def unusable_name(stem: str) -> bool:
    """Tell whether ``stem`` cannot name a file on every system (CON on Windows, 甲:乙, 200 letters), or is ours."""
    reserved = re.fullmatch(rf"(?i)con|prn|aux|nul|com\d|lpt\d|{PACKED}", stem)
    return not FILE_NAME.fullmatch(stem) or bool(reserved)


def write_file(path: Path, data: bytes, name: str, sync: bool = True) -> bool:
    """Write ``data`` whole or not at all; return whether the file changed. Raises ReportError.

    The bytes go to a new file beside the target, which then takes its place in one step.
    """
    try:
        if path.is_file() and path.read_bytes() == data:
            return False
        _take_place(_laid_beside(path, data, sync), path)
    except OSError as error:
        raise ReportError([cannot_write(path, name, error)]) from None
    return True


def append_line(path: Path, line: bytes, name: str) -> None:
    """Append a line to a file. Raises ReportError.

    It starts with the end of the line before, so that one that was cut off spoils none but itself.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(b"\n" + line)
    except OSError as error:
        raise ReportError([cannot_write(path, name, error)]) from None


def write_together(project: Project, files: Mapping[Path, bytes], last: Path, journal: bytes, final: bytes) -> None:
    """Write ``files`` all or none, and then ``final`` to ``last``. Raises ReportError.

    All are laid beside their places first. ``journal`` is what ``last`` holds while they take them: whoever finds it
    knows which of them were ours. Where one cannot take its place, those before it are put back.
    """
    _within_outputs((*files, last), project)
    laid: dict[Path, Path] = {}
    temporaries: list[Path] = []
    done: list[tuple[Path, bytes | None]] = []
    path = last
    try:
        for path in {each.parent: each for each in (*files, last)}.values():
            path.parent.mkdir(parents=True, exist_ok=True)
            _sweep(path.parent)
        for path, data in (*files.items(), (last, final)):
            laid[path] = _laid_beside(path, data)
            temporaries.append(laid[path])
        places = [(path, path.read_bytes() if path.is_file() else None) for path in laid]
        if journal:
            temporaries.append(_laid_beside(last, journal))
            _take_place(temporaries[-1], last)
            done.append(places[-1])
        for path, old in places:
            _take_place(laid[path], path)
            done.append((path, old))
    except BaseException as error:
        mixed = [project.name(each) for each, old in reversed(done) if not _is_put_back(each, old)]
        for temporary in temporaries:
            temporary.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        raise ReportError([cannot_write(path, project.name(path), error, mixed)]) from None


def _laid_beside(path: Path, data: bytes, sync: bool = True) -> Path:
    """Write a new file beside ``path``, with the rights that the user's umask gives; return where. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        temporary.chmod(0o666 & ~UMASK)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _take_place(temporary: Path, path: Path) -> None:
    """Let a new file take its place; on Windows a virus scanner or OneDrive may hold it for a moment."""
    for _attempt in range(20 if os.name == "nt" else 0):
        with suppress(PermissionError):
            temporary.replace(path)
            return
        time.sleep(0.1)
    try:
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _is_put_back(path: Path, old: bytes | None) -> bool:
    """Put back what ``path`` held; tell whether that went well."""
    try:
        if old is None:
            path.unlink(missing_ok=True)
        else:
            _take_place(_laid_beside(path, old), path)
    except OSError:
        return False
    return True


def _sweep(folder: Path) -> None:
    """Remove what a killed run left half-written; a build holds the lock of its project."""
    for left in folder.glob(".*.tmp"):
        left.unlink(missing_ok=True)


def names_in(folder: Path) -> list[str]:
    """Return the names of what lies in a folder; none where it cannot be read. Thousands cost less so than as paths."""
    try:
        return os.listdir(folder)  # noqa: PTH208
    except OSError:
        return []


def delete(paths: Iterable[Path], project: Project) -> None:
    """Delete files below outputs/, and the folders that are empty then. Raises ReportError."""
    paths = list(paths)
    _within_outputs((path for path in paths if path.is_relative_to(project.outputs)), project)
    for path in paths:
        try:
            path.unlink(missing_ok=True)
            for folder in (*path.parent.glob("*/"), *list(path.parents)[:2]):
                if folder.is_relative_to(project.outputs) and not any(folder.iterdir()):
                    folder.rmdir()
        except OSError as error:
            raise ReportError([cannot_write(path, project.name(path), error)]) from None


def _within_outputs(paths: Iterable[Path], project: Project) -> None:
    """See that no link leads out of outputs/. Raises ReportError."""
    for folder, path in {path.parent: path for path in paths}.items():
        if place := leads_outside(folder, project.outputs):
            name = path.relative_to(project.root) if path.is_relative_to(project.root) else path
            raise ReportError([outside(name.as_posix(), place)])


@contextmanager
def locked(project: Project, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the project while its outputs are written; ``waiting`` is called if another run holds it.

    A mark stands as long as it is held: where one is left, a run was killed, and what it left half-written is removed.
    """
    from filelock import FileLock, Timeout  # only a build needs it

    held = FileLock(project.hidden("build.lock"))
    try:
        project.hidden("").mkdir(parents=True, exist_ok=True)
        try:
            held.acquire(timeout=0)
        except Timeout:
            waiting()
            held.acquire()
    except OSError:  # a folder that cannot be written holds no outputs that two runs could write at once
        held.release()
    mark = project.hidden("writing")
    if held.is_locked:
        _swept_after(project, mark)
    try:
        yield
    finally:
        if held.is_locked:
            with suppress(OSError):
                mark.unlink(missing_ok=True)
        held.release()  # of one that is not held nothing happens


def _swept_after(project: Project, mark: Path) -> None:
    """Remove what a killed run left half-written, if there was one, and set the mark of this run."""
    with suppress(OSError):
        if mark.exists():
            for folder in (project.outputs, mark.parent):
                for left in folder.rglob(".*.tmp"):
                    left.unlink(missing_ok=True)
        mark.touch()


def is_locked(project: Project) -> bool:
    """Tell whether another run holds the project."""
    from filelock import FileLock, Timeout

    place = project.hidden("build.lock")
    if not place.is_file():
        return False
    held = FileLock(place)
    try:
        held.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:
        return False
    held.release()
    return False


def write_fault(folder: Path) -> str:
    """Return why nothing can be written into a folder, or where it would be made; "" where all is well."""
    there = next((each for each in (folder, *folder.parents) if each.exists()), folder)
    try:
        handle, name = tempfile.mkstemp(dir=there, prefix=".reportgen.", suffix=".tmp")
        os.close(handle)
        Path(name).unlink()
    except OSError as error:
        return why(error)
    return ""
