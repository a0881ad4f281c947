"""The wheel, unpacked outside the checkout, works in a folder that has nothing but an input file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from conftest import BOUND, ROOT


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel as pip would (the backend is among the test requirements: no network) and unpack it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as package:
        package.extractall(folder / "site")
    return folder / "site"


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "reportgen", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(installed), "REPORTGEN_LANG": "en"},
        capture_output=True,
        encoding="utf-8",
    )


def test_the_wheel_carries_templates_and_catalogue_and_no_tests(installed: Path) -> None:
    assert (installed / "reportgen" / "templates" / "facts.yaml").is_file()
    assert (installed / "reportgen" / "templates" / "house" / "report.docx").is_file()
    assert (installed / "reportgen" / "starter" / "_vscode" / "tasks.json").is_file()
    assert (installed / "reportgen" / "locale" / "zh_CN" / "LC_MESSAGES" / "reportgen.mo").is_file()
    assert sorted(path.name for path in installed.iterdir() if path.name != "reportgen") == [
        "legal_aid_reportgen-0.1.0.dist-info"
    ]


def test_it_builds_a_centre_s_reports_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    target = tmp_path / "inputs" / "2023"
    target.mkdir(parents=True)
    shutil.copy(ROOT / "inputs" / "2023" / "nanjing.yaml", target)
    result = run(installed, tmp_path, "build", "--fonts", "bundled")
    assert result.returncode == 0, result.stderr
    made = tmp_path / "outputs" / "2023" / "nanjing" / "department-overall"
    assert sorted(path.name for path in made.iterdir()) == BOUND
    where = run(installed, tmp_path, "check", "--format", "json")
    assert where.returncode == 0


def test_the_module_that_ran_was_the_wheel_s(installed: Path, tmp_path: Path) -> None:
    code = "import reportgen; print(reportgen.__file__)"
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert result.stdout.startswith(str(installed))
