"""The commands. Results go to stdout, progress and findings to stderr; the exit code is 0, 1 or 2."""

from __future__ import annotations

import difflib
import errno
import functools
import io
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from reportgen.helping.board import lines_of, table, tally
from reportgen.helping.chosen import ChoiceError, chosen, one_input
from reportgen.helping.installed import fonts_here
from reportgen.helping.progress import Progress
from reportgen.helping.usual import usual
from reportgen.printing.origin import DISTRIBUTION, program_version
from reportgen.reading.obstacles import why
from reportgen.reading.project import (
    MAX_BYTES,
    ROSTER,
    Project,
    delete,
    find_project,
    locked,
    shipped_templates,
    unusable_name,
    write_file,
)
from reportgen.running.batch import Staff, build_all, check_all, standing, try_all
from reportgen.running.crew import NoCrewError
from reportgen.running.outcome import Options, Outcome, State, Summary
from reportgen.running.roster import missing, with_missing
from reportgen.running.sets import MANIFEST, digest, left_over, orphaned, orphans, prunable
from reportgen.running.strays import strays
from reportgen.telling.catalogue import CATALOGUE, Severity
from reportgen.telling.explain import Explanation, explanations
from reportgen.telling.findings import Finding, ReportError, has_errors
from reportgen.telling.messages import _, joined, language
from reportgen.telling.nearest import did_you_mean
from reportgen.telling.views import (
    FORMATS,
    View,
    as_consequence,
    as_github,
    as_json,
    as_sarif,
    as_text,
    severity_word,
    summary,
    width,
)

if TYPE_CHECKING:  # a command loads what is slow to load itself, and not for the others
    from reportgen.forms.form import Form
    from reportgen.forms.needs import Needs
    from reportgen.helping.binding import Offer
    from reportgen.helping.verify import Verdict
    from reportgen.helping.watch import Round
    from reportgen.running.library import Library

STOPPED = 130  # the exit code after Ctrl-C: 128 and the number of SIGINT
FILES = click.argument("files", nargs=-1, type=click.Path(path_type=Path))  # folders and names of centres, too


def codes(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> frozenset[str]:
    """Return the codes in the values of an option; one that is not there is wrong usage."""
    words = [word for value in given for word in re.split(r"[,，、\s]+", value.lower()) if word]
    for word in words:
        if word not in CATALOGUE:
            message = _("there is no kind of finding “{code}”").format(code=word)
            raise click.BadParameter(joined([message, did_you_mean(word, CATALOGUE)]))
    return frozenset(words)


SINCE = click.option(
    "--changed-since",
    "since",
    metavar="REV",
    help=_(
        "Only the inputs that changed since the revision REV of git, such as HEAD~1 or origin/main, or whose last "
        "year, districts, lists or templates did."
    ),
)
DEBUG = click.option(
    "--debug", is_flag=True, help=_("Show what the program was doing where it has a fault of its own.")
)
VIEW = (
    click.option(
        "--format",
        "output_format",
        type=click.Choice(FORMATS),
        default="text",
        help=_(
            "How findings are shown: as text for people; or on stdout as a JSON array, as a SARIF 2.1.0 log, "
            "or as the lines by which GitHub shows them beside the input."
        ),
    ),
    click.option(
        "--severity",
        type=click.Choice([severity.value for severity in Severity]),
        help=_(
            "Show findings of this severity and above. The default is note: all of them; build counts those that the "
            "input explains, and lists them where note is asked for."
        ),
    ),
    click.option(
        "--select",
        metavar="CODE[,CODE…]",
        multiple=True,
        callback=codes,
        help=_("Show these kinds of findings alone, by the code in brackets. The option may be repeated."),
    ),
    click.option(
        "--ignore",
        metavar="CODE[,CODE…]",
        multiple=True,
        callback=codes,
        help=_(
            "Do not show these kinds of findings, selected or not. The exit code of check follows what is shown; "
            "build does not write a report with an error, and exits with 1, whether the error is shown or not."
        ),
    ),
)


def with_view(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say which findings are shown and how; it gets them as one ``view``."""

    @functools.wraps(command)
    def gathered(
        *, output_format: str, severity: str | None, select: frozenset[str], ignore: frozenset[str], **others: object
    ) -> None:
        folds = severity is None and output_format == "text" and click.get_current_context().info_name == "build"
        command(view=View(output_format, Severity(severity or Severity.NOTE), select, ignore, folds), **others)

    for option in reversed(VIEW):
        option(gathered)
    return gathered


class Commands(click.Group):
    """The commands; Ctrl-C ends each of them with 130, as a shell expects, a full disk behind stdout with 1."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo(_("stopped by Ctrl-C; what has been written is whole"), err=True)
            raise SystemExit(STOPPED) from None
        except OSError as error:
            if error.errno == errno.EPIPE or stdout_takes_more():
                raise
            click.echo(_("what the command says cannot be written: {reason}").format(reason=why(error)), err=True)
            raise SystemExit(1) from None


def stdout_takes_more() -> bool:
    """Tell whether stdout takes the end of a line; where it does not, nothing more is tried, not even at the end."""
    try:
        sys.stdout.write("\n")
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    return True


@click.group(
    cls=Commands, help=_("Checked performance self-evaluation reports for legal-aid centres, in Word and PDF.")
)
@click.version_option(package_name=DISTRIBUTION, prog_name="reportgen")
def main() -> None:
    """Run a command."""
    for stream in (sys.stdout, sys.stderr):  # a Chinese Windows console cannot show every character
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def in_utf8() -> None:
    """Write stdout in UTF-8 and with plain line ends: a program reads it, whatever the console here would show."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def echo_json(data: object) -> None:
    """Show data as JSON."""
    in_utf8()
    click.echo(json.dumps(data, ensure_ascii=False, indent=1))


@main.command(
    "build",
    help=_("Check, then write Word and PDF of every report of every input file, or those named."),
    epilog=_("Example: reportgen build qinghe --fonts strict"),
)
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
    type=click.Choice(["auto", "bundled", "strict"]),
    help=_(
        "Use 仿宋, 楷体, 黑体 where installed; or only the open fonts that come with reportgen; or, for the final "
        "print, strictly the fonts of GB/T 9704: where one is missing, nothing is built. The default is auto, or what "
        "reportgen.yaml says: 字体: 随程序 is bundled."
    ),
)
@click.option(
    "--bound/--no-bound",
    default=None,
    help=_(
        "Bind each report with its annexes in one more file, which takes as long as these; or do not. The default is "
        "to do so, unless reportgen.yaml says 全文: 否."
    ),
)
@click.option("--verify", is_flag=True, help=_("Also read every PDF back and compare its words."))
@click.option("--jobs", type=click.IntRange(1, 256), help=_("How many inputs are worked on at once."))
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help=_("Let the workers of the Dask scheduler at ADDRESS, such as tcp://10.0.0.5:8786, do the work."),
)
@SINCE
@click.option("--force", is_flag=True, help=_("Build though nothing has changed."))
@click.option("--overwrite", is_flag=True, help=_("Write over documents that were changed by hand, too."))
@click.option("--prune", is_flag=True, help=_("Delete documents that no input asks for any more."))
@DEBUG
@with_view
def build_command(
    files: tuple[Path, ...],
    output: Path | None,
    draft: bool,
    no_pdf: bool,
    pdf_engine: str,
    fonts: str | None,
    bound: bool | None,
    verify: bool,
    jobs: int | None,
    cluster: str | None,
    since: str | None,
    force: bool,
    overwrite: bool,
    prune: bool,
    debug: bool,
    view: View,
) -> None:
    """Build."""
    project = find_project(Path.cwd(), output)
    if output and any(lies_in(output, own) for own in (project.inputs, project.templates, project.hidden(""))):
        message = _("{folder} holds the project’s own files; name a folder for the documents alone")
        raise click.UsageError(message.format(folder=output))
    paths = to_be_built(project, named_inputs(project, files, since))
    staff = Staff()
    if not cluster:
        staff.recruit(len(paths))
    from reportgen.helping.freshness import are_stale

    every = not files and since is None
    options = replace(
        as_usual(project, fonts, bound), draft=draft, pdf=not no_pdf, engine=pdf_engine, verify=verify, force=force,
        overwrite=overwrite,
    )  # fmt: skip
    extra: list[Finding] = []
    if options.pdf and pdf_engine == "typst" and (note := fonts_here(project, options.system_fonts).note):
        if fonts == "strict":
            raise click.ClickException(joined([note.message, note.hint]))
        extra.append(note)

    progress = progress_of(view, builds=True)

    def rest() -> Iterable[Outcome]:
        """What the office's page says of the inputs that were not named."""
        years = {path.parent.name for path in paths}
        years |= {str(int(year) - 1) for year in years if year.isdecimal()}
        others = [path for path in project.input_files() if path.parent.name in years and path not in paths]
        beside = chain(strays(project), with_absent(project, ()))
        return chain(beside, standing(project, others, options, staff, believing=True))

    if are_stale(project):
        with suppress(ReportError):  # told by the inputs
            from reportgen.helping.schema import refreshed
            from reportgen.running.library import Library

            refreshed(Library(project))

    try:
        with staff, locked(project, waiting):
            outcomes: Iterable[Outcome] = build_all(
                project, paths, options, jobs or 0, cluster or "", staff, progress.watched
            )
            if every:
                outcomes = with_missing(project, with_absent(project, outcomes, prune, overwrite))
            if prune:
                outcomes = pruned(project, outcomes, overwrite)
            outcomes = with_overviews(project, seen(project, every, outcomes), tuple if every else rest)
            report(outcomes, len(paths), view, project, builds=True, extra=extra, debug=debug, progress=progress)
    except NoCrewError as error:
        raise click.ClickException(str(error)) from None
    except ReportError as error:
        report([Outcome("", error.findings)], len(paths), view, project, builds=True, debug=debug)


def as_usual(project: Project, fonts: str | None = None, bound: bool | None = None) -> Options:
    """Return how documents are made: as the command line says, else as the project's settings do."""
    try:
        return usual(project, fonts, bound)
    except ReportError as error:
        stop(error)


def with_overviews(
    project: Project, outcomes: Iterable[Outcome], rest: Callable[[], Iterable[Outcome]]
) -> Iterator[Outcome]:
    """Yield the outcomes as they come, then those of the pages and workbooks about their years."""
    from reportgen.helping.year import years_of

    done: list[Outcome] = []
    for outcome in outcomes:
        done.append(outcome)
        yield outcome
    if years := years_of(project, done):
        from reportgen.helping.office import overviews

        yield from overviews(project, [*with_missing(project, [*done, *rest()])], years)


def waiting() -> None:
    """Say why nothing happens yet."""
    click.echo(_("another build of this folder is running; waiting for it"), err=True)


def without_input(project: Project, prune: bool, overwrite: bool = False) -> Iterator[Outcome]:
    """Yield an outcome for each set of documents whose input is gone; with ``prune`` what we built of it is deleted.

    What a hand changed stays, unless with ``overwrite``, and is told.
    """
    for folder in orphans(project):
        findings = [orphaned(project, folder)]
        if prune:
            ours, edited = prunable(folder, gone=True)
            kept = {} if overwrite else edited
            delete([*ours, *(() if kept else (*edited, folder / MANIFEST))], project)
            findings = [left_over(project, path, made) for path, made in kept.items()]
        if findings:
            yield Outcome(project.name(folder), tuple(findings), summary=Summary(state=State.ORPHANED))


def with_absent(
    project: Project, outcomes: Iterable[Outcome], prune: bool = False, overwrite: bool = False
) -> Iterator[Outcome]:
    """Yield the outcomes among those of centres that have no input; one that is due and has documents counts once."""
    due: set[str] = set()
    for outcome in missing(project):
        due.add("/".join(Path(outcome.input).with_suffix("").parts[-2:]))
        yield outcome
    yield from outcomes
    for outcome in without_input(project, prune, overwrite):
        yield replace(outcome, summary=Summary()) if "/".join(Path(outcome.input).parts[-2:]) in due else outcome


def pruned(project: Project, outcomes: Iterable[Outcome], overwrite: bool) -> Iterator[Outcome]:
    """Delete what each input no longer asks for, as its outcome comes; what a hand changed stays, and is told."""
    for outcome in outcomes:
        gone = {finding.span.file for finding in outcome.findings if finding.code == "left-over"}
        if gone and outcome.files:
            folder = (project.root / outcome.files[0]).parent.parent
            ours, edited = prunable(folder, gone=False)
            deleted = [*ours, *(edited if overwrite else ())]
            delete(deleted, project)
            names = {project.name(path) for path in deleted}
            kept = tuple(f for f in outcome.findings if f.code != "left-over" or f.span.file not in names)
            outcome = replace(outcome, findings=kept)
        yield outcome


@main.command(
    "watch",
    help=_("Build on every save of an input or a template, and say which findings are new and which are gone."),
    epilog=_("Example: reportgen watch qinghe --draft"),
)
@FILES
@click.option("--draft", is_flag=True, help=_("Build in spite of errors, each page marked 草稿."))
@click.option("--no-pdf", is_flag=True, help=_("Write Word files only."))
@click.option("--poll", is_flag=True, help=_("Look at the files from time to time: for folders on a network."))
@click.option(
    "--severity",
    type=click.Choice([severity.value for severity in Severity]),
    default=Severity.WARNING.value,
    help=_("Show findings of this severity and above. The default is warning."),
)
def watch_command(files: tuple[Path, ...], draft: bool, no_pdf: bool, poll: bool, severity: str) -> None:
    """Watch."""
    from reportgen.helping.watch import Watcher, saves

    project = find_project(Path.cwd())
    paths = tuple(to_be_built(project, named_inputs(project, files))) if files else ()
    watcher = Watcher(project, paths, replace(as_usual(project), pdf=not no_pdf), draft, waiting)
    view = View(severity=Severity(severity))
    try:
        for saved in saves(project, poll):
            show_round(watcher.build(saved), view, project)
    except KeyboardInterrupt:  # during a build: what is written is whole
        pass
    except ReportError as error:
        stop(error)
    finally:
        watcher.stop()
    click.echo(_("no longer watching"), err=True)


def show_round(found: Round, view: View, project: Project) -> None:
    """Show what a build has changed, and what is left."""
    tell = teller(view, project)
    for finding in found.gone:
        if view.shows(finding):
            click.echo(_("gone: {file}: {message}").format(file=finding.span.file, message=finding.message), err=True)
    for finding in found.new:
        tell(finding)
    for file in found.files:
        click.echo(file)
    board = lines_of(found.outcomes)
    click.echo(tally(board) + " " + _("(watching; Ctrl-C ends it)"), err=True)


FORM = click.option(
    "--form",
    "wanted",
    multiple=True,
    metavar="FORM",
    help=_("A form, by its folder or its Chinese name; may be repeated."),
)
YEAR = click.option("--year", type=click.IntRange(2000, 2099), help=_("The year that the reports are on."))
STEM = click.option("--file", "stem", metavar="NAME", help=_("The name of the file, in letters, such as qinghe."))


@main.command(
    "new",
    help=_("Write an input file with every fact, score and text that the forms ask for, to be filled."),
    epilog=_("Example: reportgen new --from inputs/2023/qinghe.yaml"),
)
@click.argument("unit", metavar="CENTRE", required=False)
@FORM
@YEAR
@STEM
@click.option(
    "--from",
    "last",
    type=click.Path(path_type=Path),
    metavar="LAST.yaml",
    help=_("Last year's file: its values stand beside the empty ones."),
)
@click.option(
    "--facts-only",
    "figures",
    is_flag=True,
    help=_("Figures alone, of a year whose report is written already: this year's are compared with them."),
)
def new_command(
    unit: str | None, wanted: tuple[str, ...], year: int | None, stem: str | None, last: Path | None, figures: bool
) -> None:
    """Write a new input."""
    project = find_project(Path.cwd())
    last = named_inputs(project, (last,))[0] if last else None
    write_new_input(project, unit, wanted, year, stem, last, figures)


def write_new_input(
    project: Project,
    unit: str | None,
    wanted: tuple[str, ...],
    year: int | None,
    stem: str | None,
    last: Path | None,
    figures: bool = False,
) -> None:
    """Write a new input, after asking for what is not given; say where it is."""
    from reportgen.helping.scaffold import Scaffold
    from reportgen.helping.schema import refreshed
    from reportgen.running.library import Library

    library = Library(project)
    before = library.other_facts(last.resolve()) if last else None
    unit = (
        unit
        or (before.entry.unit if before else "")
        or asked(_("Name of the centre"), _("type the name of the centre"))
    )
    year = (
        year
        or (before.year + 1 if before else None)
        or asked(_("Year"), _("add --year 2024"), click.IntRange(2000, 2099))
    )
    names = list(wanted) or [
        each if isinstance(each, str) else each.get("表单", "") for each in (before.entry.reports if before else ())
    ]
    if not names:
        for each in library.form_names:
            click.echo(form_line(library, each), err=True)
        names = [asked(_("Form"), _("add --form, one of those above"))]
    names = named_forms(project, names)
    lacking = _("the file needs a name in Latin letters, digits and -: add --file qinghe, for example")
    stem = stem or (last.stem if last else None) or asked(_("Name of the file, in letters"), lacking)
    target = project.inputs / str(year) / f"{stem}.yaml"
    if unusable_name(stem) or target.name == ROSTER:
        raise click.UsageError(_("“{name}” cannot name a file").format(name=stem))
    if target.exists():
        raise click.UsageError(_("{file} is there already; it is not written over").format(file=project.name(target)))
    earlier = project.last_year(target, year)
    try:
        forms = [library.form(name) for name in dict.fromkeys(names)]
        before = before or (library.other_facts(earlier) if earlier else None)
        text = Scaffold(unit, year, forms, library.vocabulary, before, figures).text
        write_file(target, text.encode(), project.name(target))
        refreshed(library)
    except ReportError as error:
        stop(error)
    click.echo(project.name(target))


@main.command(
    "init",
    help=_(
        "Make a project folder for git and VS Code, with forms, settings and a first input; or renew one after an "
        "update: what was changed by hand stays, with the new version beside it. "
        "Example: reportgen init office --centre 清河区法律援助中心 --form FORM --year 2024 --file qinghe"
    ),
    short_help=_("Make a project folder, or renew one after an update."),
)
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path, file_okay=False))
@click.option("--centre", "unit", metavar="CENTRE", help=_("The name of the centre, for a first input."))
@FORM
@YEAR
@STEM
def init_command(folder: Path, unit: str | None, wanted: tuple[str, ...], year: int | None, stem: str | None) -> None:
    """Set a project up."""
    from reportgen.helping.schema import refreshed
    from reportgen.running.library import Library

    root = folder.resolve()
    project = Project(root, root / "templates", root / "outputs")
    named_forms(project if project.templates.is_dir() else replace(project, templates=shipped_templates()), wanted)
    try:
        lay(root)
        refreshed(Library(project))
    except ReportError as error:
        stop(error)
    if project.input_files():
        return
    if unit or sys.stdin.isatty():
        write_new_input(project, unit, wanted, year, stem, None)
    else:
        click.echo(_("now the first input: type reportgen new in this folder; README.md says how"), err=True)


def lay(root: Path) -> None:
    """Lay the files of a project, and name those that are new there."""
    from reportgen.helping.starter import State as Laying
    from reportgen.helping.starter import set_up

    kept = both = 0
    for laid in set_up(root):
        kept += laid.state is Laying.KEPT
        both += laid.state is Laying.MERGED
        if laid.state not in (Laying.SAME, Laying.OWN):
            click.echo(laid.name)
    if both:
        message = _("{n} file(s) were changed by hand and have what is new besides; look at them with git diff")
        click.echo(message.format(n=both), err=True)
    if kept:
        message = _(
            "{n} file(s) were changed by hand and stay as they are; compare each with its .new, then delete that"
        )
        click.echo(message.format(n=kept), err=True)


def asked(question: str, hint: str, kind: click.ParamType[Any] = click.STRING) -> Any:
    """Ask at a terminal until the answer is of its kind; elsewhere say what to type."""
    if not sys.stdin.isatty():
        raise click.UsageError(hint)
    return click.prompt(question, type=kind, err=True)


@main.command(
    "status",
    help=_("Show who is where, without building: built, changed, edited by hand, missing."),
    epilog=_("Example: reportgen status --format json"),
)
@click.option(
    "--format", "output_format", type=click.Choice(["text", "json"]), default="text", help=_("How it is shown.")
)
def status_command(output_format: str) -> None:
    """Show the state of all centres."""
    project = find_project(Path.cwd())
    paths = named_inputs(project, ())
    there = standing(project, paths, as_usual(project), watched=progress_of(View()).watched)
    outcomes = list(seen(project, True, with_missing(project, with_absent(project, there))))
    lines = lines_of(outcomes)
    if output_format == "json":
        echo_json([line.as_data for line in lines])
    else:
        click.echo("\n".join(table(lines)))
        click.echo(tally(lines))
    others = [finding for outcome in outcomes if not outcome.summary.state for finding in outcome.findings]
    complain(others)  # a roster that cannot be read has no line, and hides who is missing
    sys.exit(1 if has_errors(others) else 0)


@main.command(
    "check",
    help=_("Show the findings alone; write nothing."),
    epilog=_("Example: reportgen check inputs/2024 --severity warning"),
)
@FILES
@SINCE
@click.option("--forms", "forms", is_flag=True, help=_("Try every form and its templates instead, without any input."))
@DEBUG
@with_view
def check_command(files: tuple[Path, ...], since: str | None, forms: bool, debug: bool, view: View) -> None:
    """Check."""
    project = find_project(Path.cwd())
    if forms:
        if files or since:
            raise click.UsageError(_("--forms tries all forms; name no input file"))
        report(try_all(project), len(project.form_names()), view, project, debug=debug)
        return
    paths = named_inputs(project, files, since)
    progress, every = progress_of(view), not files and since is None
    with Staff() as staff:
        staff.recruit(len(paths))
        checked = check_all(project, paths, options=as_usual(project), watched=progress.watched, staff=staff)
        report(seen(project, every, checked), len(paths), view, project, debug=debug, progress=progress)


@main.command(
    "forms",
    help=_(
        "List the forms, or say what one of them needs, or print its pages with stand-ins:\n\n"
        "reportgen forms FORM --preview samples"
    ),
    short_help=_("List the forms, say what one needs, or print its pages with stand-ins."),
)
@click.argument("name", required=False)
@click.option(
    "--preview",
    "preview",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help=_("Write the pages of the form, or of all, in Word and PDF into DIR, without any input, each marked 样张."),
)
def forms_command(name: str | None, preview: Path | None) -> None:
    """Show forms."""
    from reportgen.forms.needs import needs_of
    from reportgen.running.library import Library

    library = Library(find_project(Path.cwd()))
    names = library.form_names
    if preview and name is None:
        preview_forms(library, names, preview)
        return
    if name is None:
        for each in names:
            click.echo(form_line(library, each))
        return
    (wanted,) = named_forms(library.project, [name])
    if preview:
        preview_forms(library, [wanted], preview)
        return
    try:
        form = library.form(wanted)
    except ReportError as error:
        stop(error)
    for line in needs_lines(form, needs_of(form, library.vocabulary)):
        click.echo(line)


@main.command(
    "schema",
    help=_(
        "Write JSON schemas of inputs and templates into .reportgen/schema/, by which an editor such as VS Code "
        "completes keys and underlines mistakes. Example: reportgen schema"
    ),
    short_help=_("Write JSON schemas, by which an editor completes and underlines."),
)
def schema_command() -> None:
    """Write schemas."""
    from reportgen.helping.schema import refreshed
    from reportgen.running.library import Library

    project = find_project(Path.cwd())
    try:
        for path in refreshed(Library(project)):
            click.echo(project.name(path))
    except ReportError as error:
        stop(error)


def preview_forms(library: Library, names: Iterable[str], folder: Path) -> None:
    """Write the pages of forms into a folder for each; say of one with a fault what it is, and go on."""
    from reportgen.helping.preview import previewed

    project, failed = library.project, False
    if any(lies_in(folder, own) for own in (project.outputs, project.inputs, project.templates)):
        message = _("{folder} holds the project’s own files; name a folder for the samples alone")
        raise click.UsageError(message.format(folder=folder))
    for name in names:
        try:
            for path in previewed(library, library.form(name), folder / name):
                click.echo(project.name(path))
        except ReportError as error:
            failed = True
            complain(error.findings)
    sys.exit(1 if failed else 0)


def lies_in(folder: Path, own: Path) -> bool:
    """Tell whether a folder is another, or lies in it."""
    return folder.resolve().is_relative_to(own.resolve())


@main.command(
    "pack",
    help=_("Put the documents to send into a zip a centre, under Chinese names, with a list."),
    epilog=_("Example: reportgen pack qinghe"),
)
@FILES
@click.option(
    "--with-edited",
    is_flag=True,
    help=_("Take Word files that were changed by hand, too, without their old PDF and bound volume."),
)
@click.option(
    "--compendium", is_flag=True, help=_("Bind all reports of a year in one PDF, too, behind a cover and contents.")
)
def pack_command(files: tuple[Path, ...], with_edited: bool, compendium: bool) -> None:
    """Pack."""
    from reportgen.helping.pack import packed

    project = find_project(Path.cwd())
    left_out: Mapping[str, str] = {}
    try:
        with locked(project, waiting):  # what a build writes meanwhile is half of it
            outcomes = list(standing(project, to_be_built(project, named_inputs(project, files)), as_usual(project)))
            written, refused, deleted = packed(project, outcomes, with_edited, every=not files)
            if compendium:
                from reportgen.helping.compendium import compendiums
                from reportgen.printing.pdf import PdfPrinter

                volumes = compendiums(project, outcomes, PdfPrinter(project.templates))
                written += volumes.written
                left_out = {name: reason for name, reason in volumes.left_out.items() if name not in refused}
    except ReportError as error:
        stop(error)
    for name in written:
        click.echo(name)
    edited = {outcome.input for outcome in outcomes if outcome.summary.state is State.EDITED}
    old = (_("{file}: deleted: it is not to be sent any more").format(file=name) for name in deleted)
    for line in chain(not_sent(refused, edited, left_out), old):
        click.echo(line, err=True)
    sys.exit(1 if refused or left_out else 0)


def not_sent(refused: Iterable[str], edited: Collection[str], left_out: Mapping[str, str]) -> Iterator[str]:
    """Yield a line on each input that is not packed, or in no volume."""
    for name in refused:
        message = _("{file}: not packed: a hand changed its documents; --with-edited takes the Word files as they are")
        if name not in edited:
            message = _(
                "{file}: not packed: its documents are not those that a build makes of it now; see reportgen status"
            )
        yield message.format(file=name)
    for name, reason in left_out.items():
        yield _("{file}: not in the volume of its year: {reason}").format(file=name, reason=reason)


def form_line(library: Library, name: str) -> str:
    """Return one line on a form: its folder, its name, and how many documents it makes."""
    try:
        form = library.form(name)
    except ReportError:
        return _("{id}  (it has a fault: see reportgen check --forms)").format(id=name)
    documents = (len(form.annexes) + (form.report is not None)) * (1 + len(form.variants))
    return _("{id}  {name}  ({n} document(s))").format(id=name, name=form.name, n=documents)


def needs_lines(form: Form, needs: Needs) -> Iterator[str]:
    """Yield the lines that say what a form needs."""
    yield f"{form.id}  {form.name}"
    if source := str(form.source.data.get("依据", "")):
        yield source
    for heading, names in (
        (_("Facts that must be stated"), needs.must),
        (_("Facts by which rows are scored"), needs.scored),
        (_("Facts and lists that it prints where they are stated"), needs.printed),
        (_("Texts that must be written (正文)"), needs.texts),
        (_("Texts that may be written"), needs.optional_texts),
        (_("Rows that a person scores (评分)"), needs.rows),
    ):
        if names:
            yield ""
            yield _("{heading}: {names}").format(heading=heading, names="、".join(names))


def named_inputs(project: Project, files: tuple[Path, ...], since: str | None = None) -> list[Path]:
    """Return the inputs that the words of the command line mean, or every input: of them what changed ``since``."""
    try:
        paths = chosen(project, files) or project.input_files()
    except ChoiceError as error:
        raise click.UsageError(str(error)) from None
    if not paths:
        message = _("there is no input file: inputs/<year>/<centre>.yaml is looked for in {folder}")
        unread = [
            f"{f.span.file}: {joined([f.message, f.hint])}" for outcome in strays(project) for f in outcome.findings
        ]
        raise click.UsageError("\n".join([message.format(folder=project.root), *unread[:10]]))
    if since is None:
        return paths
    from reportgen.helping.past import PastError
    from reportgen.helping.since import changed_since

    try:
        return changed_since(project, paths, since)
    except PastError as error:
        raise click.UsageError(str(error)) from None


def to_be_built(project: Project, paths: list[Path]) -> list[Path]:
    """Return the inputs, each of which has a place for its documents: it lies in a folder of a year."""
    for path in {path.parent: path for path in reversed(paths)}.values():  # the first of each folder
        if not project.holds(path):
            message = _(
                "{file} is not in the folder of a year: put what is to be built into inputs/<year>/, such as "
                "inputs/2024/{name}; reportgen check reads it anywhere"
            )
            raise click.UsageError(message.format(file=path, name=path.name))
    return paths


def seen(project: Project, every: bool, outcomes: Iterable[Outcome]) -> Iterable[Outcome]:
    """Return the outcomes, after those of files that nobody reads where all inputs are asked for."""
    return chain(strays(project), outcomes) if every else outcomes


def report(
    outcomes: Iterable[Outcome],
    inputs: int,
    view: View,
    project: Project,
    *,
    builds: bool = False,
    extra: Iterable[Finding] = (),
    debug: bool = False,
    progress: Progress = Progress(),  # noqa: B008
) -> None:
    """Show the outcomes as they come, and leave with the exit code they ask for.

    What is shown decides the exit code of a check. A build fails for every error, shown or not: a report is missing.
    """
    found = dict.fromkeys(extra)  # each finding once: a fault of a template is every input's
    failed = False
    tracebacks: list[str] = []
    tell = teller(view, project, progress)
    board: list[Outcome] = []
    for outcome in outcomes:
        board.append(replace(outcome, traceback="", files=(), changed=()))
        failed |= outcome.failed
        if outcome.traceback:
            tracebacks.append(f"{outcome.input}\n{outcome.traceback}")
        for finding in outcome.findings:
            if finding not in found:
                found[finding] = None
                tell(finding)
        if view.output_format in ("text", "github") and not sys.stdout.isatty():  # on a terminal the table tells it
            for file in outcome.changed:
                click.echo(file)
        if line := progress.line(outcome):
            click.echo(line, err=True)
    shown = [finding for finding in found if view.shows(finding)]
    folded = sum(view.is_folded(finding) for finding in found)
    hidden = [finding for finding in found if not view.shows(finding) and not view.is_folded(finding)]
    if view.output_format != "text":
        in_utf8()
    if view.output_format == "json":
        click.echo(as_json(shown))
    elif view.output_format == "sarif":
        click.echo(as_sarif(shown, program_version(), folder_in_repository(project.root)))
    else:
        for finding in extra:
            tell(finding)
        lines = lines_of(board) if builds else []
        if len(lines) > 1:
            click.echo("\n" + "\n".join(table(lines)), err=True)
        for line in mendable(board, project):
            click.echo(line, err=True)
        click.echo(summary(shown, inputs, hidden, folded), err=True)
        if lines:
            click.echo(tally(lines), err=True)
        if any(line.state is State.OTHER_FONTS for line in lines):
            message = _("what was made with other fonts stays; reportgen build --force makes it with those here")
            click.echo(message, err=True)
    if tracebacks:
        keep_tracebacks("\n".join(tracebacks), project, debug)
    if builds and (errors := sum(finding.severity is Severity.ERROR for finding in hidden)):
        message = _(
            "the build fails for {errors} error(s) that are not shown: leave out --select and --ignore to see them"
        )
        click.echo(message.format(errors=errors), err=True)
    sys.exit(1 if (failed if builds else has_errors(shown)) else 0)


def mendable(outcomes: Iterable[Outcome], project: Project) -> Iterator[str]:
    """Yield a line for each input of which fix would mend something: fix itself is asked."""
    for outcome in outcomes:
        if any(CATALOGUE[finding.code].mendable for finding in outcome.findings):
            from reportgen.helping.repair import readable, repaired

            with suppress(ReportError, OSError):
                _new, edits = repaired(readable((project.root / outcome.input).read_bytes(), outcome.input)[0])
                if edits:
                    message = _("reportgen fix {file} mends {n} line(s) of it")
                    yield message.format(file=outcome.input, n=len(edits))


def keep_tracebacks(text: str, project: Project, debug: bool) -> None:
    """Keep what a person who mends the program needs in a file that git does not see, and off a clerk's screen."""
    file = project.hidden("internal-errors.txt")
    with suppress(ReportError):
        write_file(file, text.encode(), project.name(file))
        message = _("what the program was doing stands in {file}; send it to who looks after the program")
        click.echo(message.format(file=project.name(file)), err=True)
    if debug:
        click.echo(text, err=True)


def progress_of(view: View, builds: bool = False) -> Progress:
    """Return what shows how far the work is: on a terminal a bar; of a build a line an input elsewhere."""
    is_text = view.output_format == "text"
    on_terminal = sys.stderr.isatty()
    return Progress(sys.stderr if is_text and on_terminal else None, is_text and builds and not on_terminal)


def teller(view: View, project: Project, progress: Progress = Progress()) -> Callable[[Finding], None]:  # noqa: B008
    """Return what shows a finding at once, where the format is one of lines: text on stderr, GitHub's on stdout."""
    colour = sys.stderr.isatty() and not os.environ.get("NO_COLOR")  # https://no-color.org
    columns = shutil.get_terminal_size().columns if sys.stderr.isatty() else 0
    folder = folder_in_repository(project.root)
    if view.output_format == "github":
        in_utf8()  # at once: findings are shown as they come

    above = ("", "")  # the file and the cause of what was shown last

    def tell(finding: Finding) -> None:
        nonlocal above
        if view.output_format == "text" and view.shows(finding):
            before, above = above, (finding.span.file, finding.cause)
            follows = finding.cause and above == before
            text = (as_consequence if follows else as_text)(finding, colour, columns)
            if not progress.say(text):
                click.echo(text, err=True, color=colour)
        elif view.output_format == "github" and view.shows(finding):
            click.echo(as_github(finding, folder))

    return tell


def folder_in_repository(root: Path) -> str:
    """Return the path of the project's folder from the top of its git repository; "." where there is none."""
    top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
    return root.relative_to(top).as_posix()


@main.command(
    "audit",
    help=_("Read finished reports (.docx, .doc, .pdf, .txt, .md …): what their figures say against one another."),
    epilog=_("Example: reportgen audit report.docx --annotate commented.docx"),
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--format", "output_format", type=click.Choice(["text", "json"]), default="text", help=_("How findings are shown.")
)
@click.option(
    "--annotate",
    "copy",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="OUT.docx",
    help=_("Write a copy of the one Word file with a comment at each finding."),
)
def audit_command(files: tuple[Path, ...], output_format: str, copy: Path | None) -> None:
    """Audit."""
    from reportgen.helping.audit import audited, comments
    from reportgen.helping.finished import annotated, how_read
    from reportgen.running.library import Library

    if copy and (len(files) != 1 or files[0].suffix.lower() != ".docx"):
        raise click.UsageError(_("--annotate takes one .docx file"))
    library = Library(find_project(Path.cwd()))
    shown: list[dict[str, str | int]] = []
    failed = False
    for file in files:
        try:
            found = audited(file, str(file), library.vocabulary, library.words[0])
            if told_how := how_read(file):
                click.echo(f"{file}: {told_how}", err=True)
        except ReportError as error:
            found = [("", finding) for finding in error.findings]
        failed |= has_errors(finding for _place, finding in found)
        for place, finding in found:
            shown.append({**finding.as_data(), "place": place})
            if output_format == "text":
                stands = f"{file}: {place}: " if place else f"{file}: "
                click.echo(f"{stands}{severity_word(finding.severity)}: {finding.message} [{finding.code}]")
                if finding.hint:
                    click.echo(f"    → {finding.hint}")
        if copy:
            told: dict[str, list[str]] = {}
            for place, text in comments(found):
                told.setdefault(place, []).append(text)
            write_file(copy, annotated(file, told), str(copy))
    if output_format == "json":
        echo_json(shown)
    sys.exit(1 if failed else 0)


@main.command(
    "diff",
    help=_("Show what changed from one input to another, or from one time to another: facts, scores, texts."),
    epilog=_("Example: reportgen diff 2023/qinghe 2024/qinghe --output changes.xlsx"),
)
@click.argument("files", metavar="A [B]", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--rev", "revision", metavar="REV..REV", help=_("Compare the one input at two revisions of git."))
@click.option(
    "--format", "output_format", type=click.Choice(["text", "markdown"]), default="text", help=_("How it is shown.")
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help=_("Write it into FILE.xlsx or FILE.docx instead."),
)
def diff_command(files: tuple[Path, ...], revision: str | None, output_format: str, output: Path | None) -> None:
    """Show what changed."""
    from reportgen.helping import difference as of
    from reportgen.helping.past import PastError
    from reportgen.printing.sheets import workbook_of
    from reportgen.reading.project import HOUSE
    from reportgen.running.library import Library

    if len(files) != (1 if revision else 2):
        raise click.UsageError(_("name two inputs, or one and --rev HEAD~1..HEAD"))
    if output and output.suffix.lower() not in (".xlsx", ".docx"):
        raise click.UsageError(_("--output takes a name that ends in .xlsx or .docx"))
    project = find_project(Path.cwd())
    try:
        paths = [one_input(project, file) for file in files]
        old, new = of.through_git(project, paths[0], revision) if revision else of.between(project, paths[0], paths[1])
        found = of.difference(old, new)
        if output and output.suffix.lower() == ".xlsx":
            sheets = [*of.value_sheets(found), of.text_sheet(found)]
            write_file(output, workbook_of(sheets, _("what changed")), str(output))
        elif output:
            library, look = Library(project), project.templates / HOUSE / "report"
            document = library.set_out(of.document_of(found, new.facts), look)
            word = library.word_template(look.with_suffix(".docx")).print_unproven(document)
            write_file(output, word.docx, str(output))
    except (ChoiceError, PastError) as error:
        raise click.UsageError(str(error)) from None
    except ReportError as error:
        stop(error)
    if output:
        click.echo(str(output))
    else:
        click.echo("\n".join(of.markdown_lines(found) if output_format == "markdown" else of.text_lines(found)))


@main.command(
    "verify",
    help=_("Say which input made a .docx or .pdf, and what a hand changed in it since; carry that back with --apply."),
    epilog=_("Example: reportgen verify report.docx --apply"),
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--apply", "apply", is_flag=True, help=_("Write changed sentences into the input: show, ask, then write.")
)
@click.option("--yes", is_flag=True, help=_("Write without asking."))
def verify_command(file: Path, apply: bool, yes: bool) -> None:
    """Verify."""
    from reportgen.helping.verify import verdict_lines, verified
    from reportgen.running.library import Library

    project = find_project(Path.cwd())
    library = Library(project)
    try:
        verdict = verified(library, file, document_bytes(file))
        for line in verdict_lines(verdict, project):
            click.echo(line)
        sound = carry_back(library, verdict, yes) if apply else verdict.is_sound
    except ReportError as error:
        stop(error)
    sys.exit(0 if sound else 1)


def carry_back(library: Library, verdict: Verdict, yes: bool) -> bool:
    """Write the edits of a document into its input; tell whether the input prints its words now. Raises ReportError."""
    from reportgen.helping.carry import carried_back
    from reportgen.helping.edits import edit_lines

    if verdict.input is None or not verdict.edits:
        click.echo(_("there is nothing to carry back"), err=True)
        return verdict.is_sound
    path, name = verdict.input, library.project.name(verdict.input)
    data, carried = path.read_bytes(), carried_back(library, verdict)
    for edit in carried.left:
        if edit not in verdict.edits:  # it was told that this could be carried back
            click.echo("\n".join([_("not carried back:"), *edit_lines(edit)]), err=True)
    if carried.done:
        click.echo("".join(changes(data.decode("utf-8-sig"), carried.text.decode("utf-8-sig"), name)), nl=False)
        if not may_write(name, yes) or path.read_bytes() != data:
            click.echo(_("{file}: nothing was written").format(file=name), err=True)
            return False
        write_file(path, carried.text, name)
    message = _("{file}: {n} change(s) carried back, {left} left to you; run reportgen check, then build --overwrite")
    click.echo(message.format(file=name, n=len(carried.done), left=len(carried.left)), err=True)
    return not carried.left


def document_bytes(file: Path) -> bytes:
    """Return the bytes of a document named on the command line."""
    from reportgen.helping.plaintext import MAX_BYTES as MOST_OF_DOCUMENT

    return content(file, str(file), MOST_OF_DOCUMENT, _("the file is too large"))


@main.command(
    "text",
    help=_("Show the words of a .docx or .pdf as lines, for git diff: headings, tables, notes."),
    epilog=_('Example: git config diff.docx.textconv "reportgen text"'),
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def text_command(file: Path) -> None:
    """Show the words of a document; where there are none that can be read, git gets a line: else its log would end."""
    from reportgen.helping.plaintext import plain_lines

    data = document_bytes(file)
    try:
        lines = plain_lines(data, str(file))
    except ReportError as error:
        lines = [f"({finding.message}; sha256 {digest(data)})" for finding in error.findings]
    in_utf8()
    click.echo("\n".join(lines))


def stop(error: ReportError) -> NoReturn:
    """Show what stopped a command, and leave with exit code 1."""
    complain(error.findings)
    raise SystemExit(1) from None


def complain(findings: Iterable[Finding]) -> None:
    """Show findings that are no input's: of a file that is to be mended, a form, a document."""
    for finding in findings:
        click.echo(as_text(finding), err=True)


@main.command(
    "doctor",
    help=_("Say what this machine and this folder lack, and what to do: a block of text to send to who helps."),
    epilog=_("Example: reportgen doctor"),
)
def doctor_command() -> None:
    """Look at the machine."""
    from reportgen.helping.doctor import Health, Patient, block, looks

    patient = Patient(find_project(Path.cwd()), sys.stdout.encoding or "ascii", Path.home())
    found = looks(patient)
    for line in block(found, patient):
        click.echo(line)
    sys.exit(1 if any(look.health is Health.FAULT for look in found) else 0)


@main.command(
    "explain",
    help=_("Say what a code means and why it matters, with an example; or list all codes."),
    epilog=_("Example: reportgen explain total-mismatch"),
)
@click.argument("code", required=False)
def explain_command(code: str | None) -> None:
    """Explain."""
    texts = explanations(language())
    if code is None:
        click.echo("\n".join(listed(texts)))
        return
    code = code.strip("[]【】 ").lower()  # as a message shows it
    if code not in CATALOGUE:
        message = _("there is no kind of finding “{code}”").format(code=code)
        raise click.UsageError(joined([message, did_you_mean(code, CATALOGUE)]))
    click.echo(f"{code}: {severity_word(CATALOGUE[code].severity)}\n\n{texts[code].body}")


def listed(texts: Mapping[str, Explanation]) -> Iterator[str]:
    """Yield a line for each code, below the name of its group."""
    group = ""
    for code, severity in ((code, kind.severity) for code, kind in CATALOGUE.items()):
        if texts[code].group != group:
            yield f"\n{texts[code].group}" if group else texts[code].group
            group = texts[code].group
        word = severity_word(severity)
        yield f"  {code:<24}{word}{' ' * (9 - width(word))}{texts[code].meaning}"


@main.command(
    "fix",
    help=_("Mend typing slips such as ： for “: ”: show the changes, ask, then write them."),
    epilog=_("Example: reportgen fix qinghe --diff"),
)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--diff", "only_diff", is_flag=True, help=_("Show the changes alone; write nothing."))
@click.option("--yes", is_flag=True, help=_("Write without asking."))
@click.option(
    "--upgrade",
    is_flag=True,
    help=_(
        "Instead bring forms, those named or all, or inputs that are named into the format of today, and turn the"
        " annex.docx and annex.typ of forms into a layout as text, annex.md."
    ),
)
@click.option(
    "--bind",
    is_flag=True,
    help=_("Instead turn typed figures that a fact names into references that print the same, asking for each."),
)
def fix_command(files: tuple[Path, ...], only_diff: bool, yes: bool, upgrade: bool, bind: bool) -> None:
    """Fix."""
    if upgrade and bind:
        raise click.UsageError(_("--upgrade is for forms and --bind for inputs: type one of the two"))
    if only_diff and yes:
        raise click.UsageError(_("--diff writes nothing and --yes writes: type one of the two"))
    project = find_project(Path.cwd())
    if upgrade:
        typed = tuple(path for path in files if path.suffix == ".yaml")
        names = [path for path in files if path not in typed]
        forms = named_forms(project, names) if names or not typed else []
        undone = [renewed(project, path, only_diff, yes) for path in named_inputs(project, typed)] if typed else []
        for name in forms:
            undone.append(renewed(project, project.templates / name / "form.yaml", only_diff, yes))
            undone.append(upgraded(project, name, only_diff, yes))
        sys.exit(1 if any(undone) else 0)
    if not files:
        raise click.UsageError(_("name the files to mend, such as inputs/2024/qinghe.yaml"))
    mend = bound if bind else fix
    left = [mend(path, project, only_diff, yes) for path in named_inputs(project, files)]
    sys.exit(1 if any(left) else 0)


def bound(path: Path, project: Project, only_diff: bool, yes: bool) -> bool:
    """Put references for typed figures into one file, those that are wanted; tell whether it is to be done yet."""
    from reportgen.helping.binding import Binding
    from reportgen.running.library import Library

    name = project.name(path)
    asked = not (only_diff or yes)
    if asked and not is_answered():
        raise click.UsageError(_("nobody can be asked here: add --yes to write, or --diff to see the changes alone"))
    try:
        data = to_mend(path, name)
        binding = Binding(Library(project), path, data)
        for offer in binding.offers():
            answer = wanted(offer, name) if asked else "y"
            if answer == "q":
                break
            asked = asked and answer != "a"
            if answer in "ya":
                binding.take(offer)
    except ReportError as error:
        complain(error.findings)
        return True
    if binding.data == data:
        click.echo(_("{file}: no figure was turned into a reference").format(file=name), err=True)
        return False
    click.echo("".join(changes(data.decode("utf-8-sig"), binding.data.decode("utf-8-sig"), name)), nl=False)
    if put_off(path, name, data, binding.data, only_diff, yes=True):  # it was asked for each
        return True
    click.echo(_("{file}: {n} figure(s) are references now").format(file=name, n=binding.taken), err=True)
    return False


def wanted(offer: Offer, name: str) -> str:
    """Ask whether a figure is to be a reference: y, n, a (all that follow, too) or q (no more)."""
    message = _("{file}:{line}: {before}\n{figure} → {reference}\n[y]es, [n]o, [a]ll, [q]uit")
    message = message.format(
        file=name, line=offer.line, before=offer.before.strip(), figure=offer.figure, reference=offer.reference
    )
    return str(click.prompt(message, type=click.Choice(["y", "n", "a", "q"]), show_choices=False, err=True))


def named_forms(project: Project, names: Iterable[str | Path]) -> list[str]:
    """Return the forms named on the command line, or all."""
    known, titles = project.form_names(), project.form_titles
    for name in map(str, names):
        if titles.get(name, name) not in known:
            message = _("there is no form “{name}”").format(name=name)
            raise click.UsageError(joined([message, did_you_mean(name, [*known, *titles])]))
    return [titles.get(str(name), str(name)) for name in names] or known


def renewed(project: Project, path: Path, only_diff: bool, yes: bool) -> bool:
    """Bring an input or a form.yaml into the format of today, and tell whether it is still in an older one."""
    from reportgen.reading.formats import FORM, INPUT
    from reportgen.reading.formats import upgraded as in_todays_format

    file, data = project.name(path), path.read_bytes()
    text = data.decode("utf-8", "surrogateescape")
    new = in_todays_format(text, FORM if path.name == "form.yaml" else INPUT)
    if new == text:
        return False
    click.echo("".join(changes(text, new, file)), nl=False)
    return put_off(path, file, data, new.encode("utf-8", "surrogateescape"), only_diff, yes)


def upgraded(project: Project, name: str, only_diff: bool, yes: bool) -> bool:
    """Turn the table of one form into a layout as text, and tell whether something is left to do by hand."""
    from reportgen.helping.upgrade import upgrade_of
    from reportgen.running.library import Library

    library = Library(project)
    try:
        upgrade = upgrade_of(library, library.form(name))
        if upgrade is None:
            return False
        file = project.name(upgrade.path)
        gone = "、".join(project.name(path) for path in upgrade.gone)
        click.echo("".join(changes("", upgrade.text, file)), nl=False)
        message = _("{file} prints the same, cell by cell; it takes the place of {gone}")
        click.echo(message.format(file=file, gone=gone), err=True)
        if only_diff:
            return True
        if not may_write(file, yes):
            click.echo(_("{file}: nothing was written").format(file=file), err=True)
            return True
        write_file(upgrade.path, upgrade.text.encode(), file)
        delete(upgrade.gone, project)
    except ReportError as error:
        complain(error.findings)
        return True
    return False


def fix(path: Path, project: Project, only_diff: bool, yes: bool) -> bool:
    """Mend one file, and tell whether it needs more: the changes were not written, or it cannot be read yet."""
    from reportgen.helping.repair import readable, repaired, unreadable

    name = project.name(path)
    try:
        data = to_mend(path, name)
        text, was_gbk = readable(data, name)
        new, edits = repaired(text)
        if was_gbk:
            click.echo(_("{file} is GBK (ANSI); it will be UTF-8").format(file=name), err=True)
        click.echo("".join(changes(text, new, name)), nl=False)
        if new.encode() == data:
            click.echo(_("{file}: nothing to mend").format(file=name), err=True)
        elif put_off(path, name, data, new.encode(), only_diff, yes):
            return True
        else:
            done = _("{file}: {n} line(s) mended") if edits else _("{file}: saved as UTF-8")
            click.echo(done.format(file=name, n=len(edits)), err=True)
        findings = unreadable(new, name)
    except ReportError as error:
        findings = error.findings
    complain(findings)
    return bool(findings)


def content(path: Path, name: str, most: int, complaint: str) -> bytes:
    """Return the bytes of a file, which messages call ``name``; of one that has more than ``most`` a complaint."""
    try:
        if path.stat().st_size > most:
            raise click.ClickException(f"{name}: {complaint}")
        return path.read_bytes()
    except OSError as error:
        message = _("{file} cannot be read: {reason}").format(file=name, reason=why(error))
        raise click.ClickException(message) from None


def to_mend(path: Path, name: str) -> bytes:
    """Return the bytes of a file that is to be mended."""
    return content(path, name, MAX_BYTES, _("the file is larger than 2 MB"))


def put_off(path: Path, name: str, data: bytes, new: bytes, only_diff: bool, yes: bool) -> bool:
    """Write what has been shown into a file that held ``data``; tell whether it is to be done yet."""
    if only_diff:
        return True
    if not may_write(name, yes):
        click.echo(_("{file}: nothing was written").format(file=name), err=True)
        return True
    if path.read_bytes() != data:
        click.echo(_("{file} was changed meanwhile; nothing was written").format(file=name), err=True)
        return True
    write_file(path, new, name)
    return False


def is_answered() -> bool:
    """Whether somebody is there who can be asked."""
    return sys.stdin.isatty()


def may_write(name: str, yes: bool) -> bool:
    """Ask at a terminal; elsewhere nobody can answer, and --yes must be typed."""
    if yes:
        return True
    if not is_answered():
        raise click.UsageError(_("nobody can be asked here: add --yes to write, or --diff to see the changes alone"))
    return click.confirm(_("Write these changes to {file}?").format(file=name), err=True)


def changes(old: str, new: str, name: str) -> Iterator[str]:
    """Yield the lines of the unified diff; how lines end is not shown, as it stays."""
    before, after = (re.split(r"\r\n|\r|\n", text) for text in (old, new))
    yield from (f"{line}\n" for line in difflib.unified_diff(before, after, name, name, lineterm=""))
