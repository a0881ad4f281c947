"""The commands. Results go to stdout, progress and findings to stderr; the exit code is 0, 1 or 2."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from reportgen.batch import build_all, twins_of
from reportgen.board import as_json, as_text, summary
from reportgen.build import DISTRIBUTION, Library, Options, Outcome, check, substituted_fonts
from reportgen.findings import Finding
from reportgen.messages import _
from reportgen.project import Project, find_project

FILES = click.argument("files", nargs=-1, type=click.Path(path_type=Path, dir_okay=False))
FORMAT = click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text",
                      help=_("How findings are shown: for people, or as a JSON array on stdout."))  # fmt: skip


@click.group(help=_("Checked performance self-evaluation reports for legal-aid centres, in Word and PDF."))
@click.version_option(package_name=DISTRIBUTION, prog_name="reportgen")
def main() -> None:
    """Run a command."""
    for stream in (sys.stdout, sys.stderr):  # a Chinese Windows console cannot show every character
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@main.command("build", help=_("Check, then write Word and PDF of every report of every input file, or those named."))
@FILES
@click.option(
    "--output",
    "output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help=_("Write into DIR instead of outputs/."),
)
@click.option("--draft", is_flag=True, help=_("Build in spite of errors, each page marked 草稿."))
@click.option("--no-pdf", is_flag=True, help=_("Write Word files only."))
@click.option(
    "--pdf-engine",
    type=click.Choice(["typst", "libreoffice"]),
    default="typst",
    help=_("Make the PDF with Typst, or convert the Word file with LibreOffice."),
)
@click.option(
    "--fonts",
    type=click.Choice(["auto", "bundled"]),
    default="auto",
    help=_("Use 仿宋, 楷体, 黑体 where installed, or only the open fonts that come with reportgen."),
)
@click.option("--verify", is_flag=True, help=_("Also read every PDF back and compare its words."))
@FORMAT  # fmt: skip
def build_command(
    files: tuple[Path, ...],
    output: Path | None,
    draft: bool,
    no_pdf: bool,
    pdf_engine: str,
    fonts: str,
    verify: bool,
    output_format: str,
) -> None:
    """Build."""
    project = find_project(Path.cwd(), output)
    paths = named_inputs(project, files)
    options = Options(draft, not no_pdf, pdf_engine, verify, fonts == "auto")
    extra: list[Finding] = []
    if options.pdf and pdf_engine == "typst" and (note := substituted_fonts(Library(project, options.system_fonts))):
        extra.append(note)
    report(build_all(project, paths, options), len(paths), output_format, extra)


@main.command("check", help=_("Show the findings alone; write nothing."))
@FILES
@FORMAT
def check_command(files: tuple[Path, ...], output_format: str) -> None:
    """Check."""
    project = find_project(Path.cwd())
    paths = named_inputs(project, files)
    library, twins = Library(project), twins_of(paths)
    report((check(library, path, twins.get(path, ())) for path in paths), len(paths), output_format)


def named_inputs(project: Project, files: tuple[Path, ...]) -> list[Path]:
    """Return the files named on the command line, or every input of the project."""
    for file in files:
        if not file.is_file():
            raise click.UsageError(_("there is no file {name}").format(name=file))
    paths = list(dict.fromkeys(file.resolve() for file in files)) or project.input_files()
    if not paths:
        message = _("there is no input file: inputs/<year>/<centre>.yaml is looked for in {folder}")
        raise click.UsageError(message.format(folder=project.root))
    return paths


def report(outcomes: Iterator[Outcome], inputs: int, output_format: str, extra: list[Finding] | None = None) -> None:
    """Show the outcomes as they come, and leave with the exit code they ask for."""
    findings: list[Finding] = list(extra or [])
    told: set[Finding] = set()
    failed = False
    colour = output_format == "text" and sys.stderr.isatty()
    for outcome in outcomes:
        failed |= outcome.failed
        for finding in outcome.findings:
            if finding in told:  # a fault of a template is every input's, but told once
                continue
            told.add(finding)
            findings.append(finding)
            if output_format == "text":
                click.echo(as_text(finding, colour), err=True, color=colour)
        if output_format == "text":
            for file in outcome.files:
                changed = file in outcome.changed
                click.echo(file if changed else _("{file} (unchanged)").format(file=file))
    if output_format == "json":
        click.echo(as_json(findings))
    else:
        for finding in extra or []:
            click.echo(as_text(finding, colour), err=True, color=colour)
        click.echo(summary(findings, inputs), err=True)
    sys.exit(1 if failed else 0)
