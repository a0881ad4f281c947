"""The house keeps to its plan: floors, owners, one printer, one writer."""

from __future__ import annotations

import ast
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import reportgen
from conftest import ROOT

PACKAGE = ROOT / "reportgen"
ROW = re.compile(
    r"^(?:(?P<folder>\w+)/|(?P<floor>\d+) +(?P<module>\w+) +(?P<arrow>.+?)(?:  +(?P<libraries>[\w, ]+))?)$"
)


def modules_in(package: Path) -> dict[str, ast.Module]:
    """Return every module below a package by its name: cli, numbers/quantity; the folders' own are none."""
    files = (path for path in sorted(package.rglob("*.py")) if path.name != "__init__.py")
    return {path.relative_to(package).with_suffix("").as_posix(): ast.parse(path.read_text("utf-8")) for path in files}


MODULES = modules_in(PACKAGE)


class Room(NamedTuple):
    """Where a module stands: its folder, from the top, its floor there, and the libraries it owns."""

    folder: int
    floor: int
    libraries: frozenset[str]


def plan() -> dict[str, Room]:
    """Read the table in the package's docstring: module -> its room."""
    found: dict[str, Room] = {}
    folder, depth = "", 0
    for line in (reportgen.__doc__ or "").splitlines():
        match = ROW.match(line.strip())
        if match and match["folder"]:
            folder, depth = match["folder"], depth + 1
        elif match:
            libraries = {name.strip() for name in (match["libraries"] or "").split(",") if name.strip()}
            name = f"{folder}/{match['module']}".strip("/")
            found[name] = Room(depth, int(match["floor"]), frozenset(libraries))
    return found


def folders() -> list[str]:
    """Return the folders of the table, from the top."""
    return list(dict.fromkeys(name.rpartition("/")[0] for name in plan() if "/" in name))


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            known = {f"reportgen.{name.replace('/', '.')}" for name in MODULES}
            yield from (name if name in known else node.module for name in names)


def upward(modules: Mapping[str, ast.Module]) -> list[str]:
    """Return the imports of our own that do not go down: to a lower folder, or within one to a lower floor."""
    rooms = plan()
    found = []
    for name, tree in modules.items():
        for imported in {target for target in imports(tree) if target.startswith("reportgen.")}:
            target = imported.removeprefix("reportgen.").replace(".", "/")
            here, there = rooms.get(name), rooms.get(target)
            down = here and there and (there.folder, -there.floor) > (here.folder, -here.floor)
            if not down:
                found.append(f"{name} imports {target}")
    return found


def test_the_table_names_every_module_and_nothing_else() -> None:
    assert set(plan()) == set(MODULES)
    assert {path.parent.name for path in PACKAGE.rglob("*.py")} - {"reportgen"} <= set(folders())


def test_a_module_imports_only_from_lower_folders_and_floors() -> None:
    assert sum(imported.startswith("reportgen.") for tree in MODULES.values() for imported in imports(tree)) > 150
    assert upward(MODULES) == []


def test_a_stray_module_in_a_folder_is_seen(tmp_path: Path) -> None:
    """One that is not in the table, and one that imports upward, fail, in a sub-folder too."""
    shutil.copytree(PACKAGE, tmp_path / "reportgen", ignore=shutil.ignore_patterns("__pycache__", "locale"))
    folder = tmp_path / "reportgen" / folders()[-1]
    folder.mkdir(exist_ok=True)
    (folder / "stray.py").write_text("from reportgen import cli\nimport numpy\n", encoding="utf-8")
    strange = modules_in(tmp_path / "reportgen")
    assert set(strange) - set(plan()) == {f"{folder.name}/stray"}
    assert upward(strange) == [f"{folder.name}/stray imports cli"]


def test_each_library_has_one_owner_as_the_table_says() -> None:
    owners: dict[str, set[str]] = {}
    for name, tree in MODULES.items():
        for imported in imports(tree):
            library = imported.split(".")[0]
            if library not in sys.stdlib_module_names and library not in ("reportgen", "__future__"):
                owners.setdefault(library, set()).add(name)
    planned = {library: {name} for name, room in plan().items() for library in room.libraries}
    assert owners == planned


def test_only_the_commands_print_and_only_the_project_writes() -> None:
    for name, tree in MODULES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                if name != "cli":
                    assert called not in ("print", "click.echo"), name
                if name.rpartition("/")[2] not in ("project", "soffice"):
                    assert not called.endswith((".write_bytes", ".write_text", "mkstemp", "fdopen")), name


def test_the_product_has_no_assertions_and_no_bare_excepts() -> None:
    for name, tree in MODULES.items():
        for node in ast.walk(tree):
            assert not isinstance(node, ast.Assert), name
            assert not (isinstance(node, ast.ExceptHandler) and node.type is None), name


def test_forms_need_no_python() -> None:
    """No module knows a form, a section or a fact by name: forms are data."""
    forms = {path.parent.name for path in (ROOT / "templates").glob("*/form.yaml")}
    assert forms
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not [form for form in forms if form in text], path.name


def test_templates_hold_no_code_that_could_read_files_or_run_data() -> None:
    sources = sorted((ROOT / "templates").rglob("*.typ"))
    assert sources
    for path in sources:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\beval\(|#import \"@|\bread\(|datetime\.today", text), path.name


def test_the_tree_has_only_the_agreed_folders() -> None:
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith((".", "__"))}
    assert folders - {"dist", "node_modules"} <= {"reportgen", "templates", "inputs", "outputs", "tests"}


def test_nothing_names_the_workplace() -> None:
    words = re.compile("|".join(["farm" + "-", r"(?<!\w)\." + "library", "/work" + "/"]))
    for path in [*PACKAGE.rglob("*.py"), *ROOT.glob("*.md"), *(ROOT / "templates").rglob("*.*")]:
        if path.suffix not in (".docx", ".otf", ".png", ".ttf"):
            assert not words.search(Path(path).read_text(encoding="utf-8")), path
