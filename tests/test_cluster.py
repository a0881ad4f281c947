"""Beyond one machine: workers that share nothing with us make the same bytes, and one that is lost loses nothing."""

from __future__ import annotations

import importlib.util
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import ROOT, new_project, write_input
from reportgen.reading.project import find_project
from reportgen.running.crew import NoCrewError
from reportgen.running.outcome import Options

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="distributed, the extra [cluster], is not installed"
)

CENTRES = [f"c{number}" for number in range(8)]
TEXT = """\
单位: {name}中心
地区: 某市
年度: {year}
日期: {next}-01-15
报告: [plain]
{more}数据:
  案件: {{受理: {cases}, 办结: {done}}}
正文:
  情况: 办结{done}件，旁听30件。{last}
"""
GREEDY = '#let all = "x" * 4000000000\n#all.len()\n'  # asks for more memory than a process may have


@dataclass
class Cluster:
    """A scheduler, and two workers in folders of their own; ``lone`` has no nanny that would start it again."""

    address: str
    folder: Path
    lone: subprocess.Popen[bytes]


def running_cluster(folder: Path, *more: str) -> Generator[Cluster, None, None]:
    """Give a scheduler and its workers, and end them; ``more`` is said to all of them."""
    running = [
        started(
            folder / "scheduler", "scheduler", "--host", f"{scheme(more)}127.0.0.1", "--port", "0", "--no-show", *more
        )
    ]
    try:
        text = waited_for(folder / "scheduler" / "log.txt", "Scheduler at:")
        address = next(word for word in text.split() if word.startswith(("tcp://", "tls://")))
        for name, kind in (("nursed", "--nanny"), ("lone", "--no-nanny")):
            running.append(started(folder / name, "worker", address, "--nthreads", "1", kind, *more))
        for name in ("nursed", "lone"):
            waited_for(folder / name / "log.txt", "Registered to:")
        yield Cluster(address, folder, running[-1])
    finally:
        for process in reversed(running):  # a scheduler that is gone is waited for by its workers
            process.terminate()
            process.wait(20)


def scheme(more: tuple[str, ...]) -> str:
    return "tls://" if more else ""


def started(folder: Path, *command: str) -> subprocess.Popen[bytes]:
    folder.mkdir()
    everywhere = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (folder / "log.txt").open("wb") as log:
        words = [sys.executable, "-m", "dask", *command, "--no-dashboard"]
        return subprocess.Popen(words, cwd=folder, env=everywhere, stdout=log, stderr=log)


def waited_for(path: Path, words: str = "") -> str:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if path.is_file() and words in (text := path.read_text(encoding="utf-8", errors="replace")) and text:
            return text
        time.sleep(0.05)
    raise TimeoutError(path)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    yield from running_cluster(tmp_path_factory.mktemp("cluster"))


@pytest.fixture(scope="module")
def project_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a centre's year before, a city with its centres, and a list in a file."""
    project = new_project(tmp_path_factory.mktemp("here"))
    for number, name in enumerate(CENTRES):
        write_input(project, text_of(name, cases=445 + number), name)
    write_input(project, text_of("c0", 2022, 440), "c0", "2022")
    last = text_of("c0", last="去年受理{{ 上年.案件.受理 }}件。")
    write_input(project, last.replace("正文:", "明细: {补贴明细: list.csv}\n正文:"), "c0")
    (project.inputs / "2023" / "list.csv").write_text("类别,件数,标准,金额\n民事,50,1200,60000\n", encoding="utf-8")
    write_input(project, text_of("city", cases=445 + 446, done=868, more="下辖: [c0, c1]\n"), "city")
    return project.root


def text_of(name: str, year: int = 2023, cases: int = 445, done: int = 434, more: str = "", last: str = "") -> str:
    return TEXT.format(name=name, year=year, next=year + 1, cases=cases, done=done, more=more, last=last)


def copied(folder: Path, to: Path) -> Path:
    return shutil.copytree(folder, to / "there", ignore=shutil.ignore_patterns("outputs", ".reportgen"))


def command(
    folder: Path, *words: str, source: Path = ROOT, speech: str = "en", more: Mapping[str, str] | None = None
) -> subprocess.Popen[str]:
    everywhere = {**os.environ, "PYTHONPATH": str(source), "REPORTGEN_LANG": speech, **(more or {})}
    return subprocess.Popen(
        [sys.executable, "-m", "reportgen", "build", *words],
        cwd=folder, env=everywhere, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_worker_that_is_lost_changes_no_byte(cluster: Cluster, project_folder: Path, tmp_path: Path) -> None:
    there = copied(project_folder, tmp_path)
    at_home = command(project_folder, "--jobs", "1", speech="zh_CN")  # which the workers do not speak
    told = at_home.communicate(timeout=60)
    assert at_home.returncode == 0, told
    run = command(there, "--cluster", cluster.address, speech="zh_CN")
    waited_for(there / "outputs" / "2022" / "c0" / "manifest.json")  # the first of ten is written
    cluster.lone.send_signal(signal.SIGKILL)
    assert run.communicate(timeout=60) == told
    assert run.returncode == 0
    documents = files_of(there / "outputs")
    assert documents == files_of(project_folder / "outputs")
    assert sum(name.endswith("report.pdf") for name in documents) == 10
    assert not list(cluster.folder.rglob("report.pdf"))  # a worker writes nothing


def test_what_kills_its_process_is_told_and_the_worker_lives(
    cluster: Cluster, project_folder: Path, tmp_path: Path
) -> None:
    there = copied(project_folder, tmp_path)
    (there / "templates" / "house" / "report.typ").write_text(GREEDY, encoding="utf-8")
    run = command(there, "--cluster", cluster.address, "inputs/2023/c1.yaml")
    assert "[out-of-memory]" in run.communicate(timeout=60)[1]
    assert "killed" not in (cluster.folder / "nursed" / "log.txt").read_text(encoding="utf-8")


def test_another_program_on_the_workers_is_told(cluster: Cluster, project_folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(ROOT / "reportgen", source / "reportgen", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "templates", source / "templates")
    changed = source / "reportgen" / "__main__.py"
    changed.write_text(changed.read_text(encoding="utf-8") + "# newer\n", encoding="utf-8")
    run = command(project_folder, "--cluster", cluster.address, "--force", source=source)
    errors = run.communicate(timeout=60)[1]
    assert run.returncode == 1
    assert "tcp://127.0.0.1:" in errors
    assert "install the same on both" in errors


def test_nobody_at_the_address_is_told(project_folder: Path) -> None:
    hurried = "from reportgen.running import cluster; from reportgen.cli import main; cluster.ANSWER = 1; main()"
    run = subprocess.run(
        [sys.executable, "-c", hurried, "build", "--cluster", "tcp://127.0.0.1:1", "--force"],
        cwd=project_folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, encoding="utf-8",
    )  # fmt: skip
    assert "start one there with: dask scheduler" in run.stderr
    assert run.returncode == 1


def test_what_dask_does_over_again_is_no_word_for_a_clerk(
    project_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A result that was lost with its worker is made again: distributed warns of it on the screen, from two loggers."""
    from reportgen.running import cluster

    monkeypatch.setattr(cluster, "ANSWER", 0.1)
    with pytest.raises(NoCrewError):
        cluster.Cluster("tcp://127.0.0.1:1", find_project(project_folder), Options(), frozenset(), lambda _: [])
    loud = [name for name in logging.root.manager.loggerDict if name.split(".")[0] == "distributed"]
    assert "distributed.client" in loud
    assert not [name for name in loud if logging.getLogger(name).isEnabledFor(logging.WARNING)]


CONFIGURED = """\
distributed:
  comm:
    tls:
      ca-file: {folder}/ca.pem
      client: {{cert: {folder}/cert.pem, key: {folder}/key.pem}}
"""


def test_a_cluster_behind_certificates_makes_the_same_bytes(project_folder: Path, tmp_path: Path) -> None:
    """As README says: the files for scheduler and workers by option, here in a file of settings."""
    pytest.importorskip("cryptography")
    from distributed import Security

    security = Security.temporary()
    for name, text in (
        ("ca", security.tls_ca_file), ("cert", security.tls_client_cert), ("key", security.tls_client_key)
    ):  # fmt: skip
        (tmp_path / f"{name}.pem").write_text(text, encoding="ascii")
    (tmp_path / "distributed.yaml").write_text(CONFIGURED.format(folder=tmp_path.as_posix()), encoding="utf-8")
    kept = {"ca-file": "ca", "cert": "cert", "key": "key"}
    files = [word for option, name in kept.items() for word in (f"--tls-{option}", f"{tmp_path}/{name}.pem")]
    at_home = command(project_folder, "--jobs", "1")
    at_home.communicate(timeout=120)
    assert at_home.returncode == 0
    clusters = running_cluster(tmp_path, *files)
    cluster = next(clusters)
    try:
        assert cluster.address.startswith("tls://")
        there = copied(project_folder, tmp_path)
        run = command(there, "--cluster", cluster.address, more={"DASK_CONFIG": str(tmp_path)})
        told = run.communicate(timeout=120)
        assert run.returncode == 0, told
        assert files_of(there / "outputs") == files_of(project_folder / "outputs")
        stranger = command(there, "--cluster", cluster.address, "--force")
        assert "asks for certificates" in stranger.communicate(timeout=120)[1]
    finally:
        clusters.close()
