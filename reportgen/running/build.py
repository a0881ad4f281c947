"""The pipeline for one input, from top to bottom: a centre's file -> findings, and the documents it asks for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from traceback import format_exc

from reportgen.checking.leftovers import Word, leftovers, read_words
from reportgen.checking.passages import passages_of, wording_passages
from reportgen.checking.relations import check_facts, jumps
from reportgen.checking.statements import statements, typed_in_wording
from reportgen.facts.facts import Facts, read_facts
from reportgen.facts.reasons import explained
from reportgen.facts.wording import Wording
from reportgen.forms.form import Form, read_form
from reportgen.forms.vocabulary import Vocabulary, read_vocabulary
from reportgen.numbers.formula import Missing
from reportgen.printing.pdf import PdfPrinter
from reportgen.printing.pdfwords import verify_pdf
from reportgen.printing.soffice import convert_docx
from reportgen.printing.word import WordTemplate
from reportgen.reading.frames import did_you_mean
from reportgen.reading.project import Project, glance, unusable_name, write_file
from reportgen.reading.source import leaves, read_source
from reportgen.scoring.scores import read_scores, unknown_indicators
from reportgen.telling.findings import ERROR, Finding, ReportError, Span, has_errors
from reportgen.telling.messages import _
from reportgen.writing.blocks import Block, Cell, Document, Heading, PageBreak, Paragraph, Table, Text
from reportgen.writing.prose import Written, write_documents

DISTRIBUTION = "legal-aid-reportgen"
ANY_TEXT = "1"  # what a template is tried with: no text is empty, and a template may take it for a number
PLACE = re.compile("([^省市州盟]{2,8}[区县市旗州])$")


@dataclass(frozen=True)
class Options:
    """How to build: drafts in spite of errors, with or without PDF, by which engine, read back; or check alone."""

    draft: bool = False
    pdf: bool = True
    engine: str = "typst"
    verify: bool = False
    system_fonts: bool = True
    write: bool = True


@dataclass(frozen=True)
class Outcome:
    """What became of one input: its findings, and the files that are there now (those that changed apart)."""

    input: str
    findings: tuple[Finding, ...]
    files: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    traceback: str = ""  # of a fault of the program itself

    @property
    def failed(self) -> bool:
        """Whether the input has an error."""
        return has_errors(self.findings)


@dataclass(frozen=True)
class Case:
    """A centre's file read and checked, and the documents written from it."""

    facts: Facts
    findings: tuple[Finding, ...]
    written: tuple[tuple[Form, Written], ...]

    @property
    def forms(self) -> list[Form]:
        """The forms of its documents."""
        return [form for form, _written in self.written]


@dataclass(frozen=True)
class Trial:
    """What is wrong with a template: with the Word file, as seen without data, and with the Typst file."""

    word: tuple[Finding, ...] = ()
    pdf: tuple[Finding, ...] = ()


Trials = dict[str, Trial]  # by the name of the template, without suffix


@dataclass
class Library:
    """The templates of a project, each read once."""

    project: Project
    system_fonts: bool = True
    districts: frozenset[str] = frozenset()  # 地区 of every input file, where somebody has looked already
    trials: Trials = field(default_factory=dict)
    _forms: dict[str, Form] = field(default_factory=dict)
    _word: dict[Path, WordTemplate] = field(default_factory=dict)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """templates/facts.yaml. Raises ReportError."""
        return read_vocabulary(self.project.templates / "facts.yaml", "templates/facts.yaml")

    @cached_property
    def form_names(self) -> list[str]:
        """The folders of templates/ that are forms."""
        return self.project.form_names()

    def form(self, name: str) -> Form:
        """Return the form ``name``, one of form_names. Raises ReportError."""
        if name not in self._forms:
            form = read_form(self.project.templates / name, self.vocabulary, f"templates/{name}")
            if form.report:
                passages = wording_passages(form.report, {}, form.spot_in_wording, f"{name}/report.md")
                form = replace(form, notes=(*form.notes, *typed_in_wording(passages)))
            self._forms[name] = form
        return self._forms[name]

    def word_template(self, path: Path) -> WordTemplate:
        """Return the Word template at ``path``."""
        if path not in self._word:
            self._word[path] = WordTemplate(path, f"templates/{path.relative_to(self.project.templates).as_posix()}")
        return self._word[path]

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """templates/words.yaml. Raises ReportError."""
        return read_words(self.project.templates / "words.yaml", "templates/words.yaml")

    @cached_property
    def places(self) -> dict[str, frozenset[str]]:
        """The districts of all centres by what they are called: 盘龙区 for 云南省昆明市盘龙区."""
        found: dict[str, set[str]] = {}
        for district in self.districts or (glance(path).district for path in self.project.input_files()):
            if match := PLACE.search(district):
                found.setdefault(match[1], set()).add(district)
        return {name: frozenset(districts) for name, districts in found.items()}

    def word_faults(self, form: Form) -> tuple[Finding, ...]:
        """Return what is wrong with the form's Word templates, as far as it can be seen without data."""
        return self._faults(form, lambda trial: trial.word)

    def typst_faults(self, form: Form) -> tuple[Finding, ...]:
        """Return why the form's Typst templates cannot be printed."""
        return self._faults(form, lambda trial: trial.pdf)

    def _faults(self, form: Form, kind: Callable[[Trial], tuple[Finding, ...]]) -> tuple[Finding, ...]:
        for name, look, like in self.templates_of(form):
            if name not in self.trials:
                self.trials[name] = self.trial(look, like)
        trials = (self.trials[name] for name, _look, _like in self.templates_of(form))
        return tuple(dict.fromkeys(finding for trial in trials for finding in kind(trial)))

    def trial(self, look: Path, like: Document) -> Trial:
        """Try a template, given without its suffix, with a document such as it will print."""
        word = self.word_template(look.with_suffix(".docx")).faults(like)
        try:
            self._proof_printer.print_pdf(like, look.with_suffix(".typ"))
        except ReportError as error:
            return Trial(word, error.findings)
        return Trial(word)

    def look(self, form: Form) -> Path:
        """Return the template of the form's report, without its suffix: its own, or that of all forms."""
        own = form.folder / "report"
        return own if own.with_suffix(".docx").is_file() else self.project.templates / "house" / "report"

    def templates_of(self, form: Form) -> Iterator[tuple[str, Path, Document]]:
        """Yield each template of the form, by name and without its suffix, and a document such as it will print."""
        report, annex = stand_ins(form)
        looks = [(self.look(form), report), (form.folder / "annex", annex)]
        for look, like in looks:
            if like:
                yield f"templates/{look.relative_to(self.project.templates).as_posix()}", look, like

    @cached_property
    def _proof_printer(self) -> PdfPrinter:
        return PdfPrinter(self.project.templates, system_fonts=False)

    @cached_property
    def pdf_printer(self) -> PdfPrinter:
        """The printer of PDF files."""
        return PdfPrinter(self.project.templates, self.system_fonts)


def build(library: Library, path: Path, options: Options, twins: Iterable[Path] = ()) -> Outcome:
    """Check the file at ``path`` and, where nothing is wrong with it, write its documents."""
    return within_bounds(library.project.name(path), lambda: _build(library, path, options, twins))


def check(library: Library, path: Path, twins: Iterable[Path] = ()) -> Outcome:
    """Return the findings on the file at ``path`` alone."""

    def work() -> Outcome:
        case = examine(library, path, twins)
        return Outcome(library.project.name(path), (*case.findings, *typst_faults(library, case, Options())))

    return within_bounds(library.project.name(path), work)


def within_bounds(name: str, work: Callable[[], Outcome]) -> Outcome:
    """Return what ``work`` makes of the file ``name``; whatever goes wrong inside is a finding of that file."""
    try:
        return work()
    except ReportError as error:
        return Outcome(name, error.findings)
    except MemoryError:
        message = _("it needs more memory than one input may take")
        return Outcome(name, (Finding("out-of-memory", Span(name), message, _("make its loops and texts shorter")),))
    except Exception as error:  # the one place that catches everything: the others go on
        what = f"{type(error).__name__}: {error}"[:200]
        message = _("the program has a fault of its own and could not go on ({what})").format(what=what)
        hint = _("the other files are not touched by this; report it with the file that --debug shows")
        return Outcome(name, (Finding("internal-error", Span(name), message, hint),), traceback=format_exc())


def _build(library: Library, path: Path, options: Options, twins: Iterable[Path]) -> Outcome:
    name = library.project.name(path)
    case = examine(library, path, twins, options.draft)
    if has_errors(case.findings) and (not options.draft or any(map(library.word_faults, case.forms))):
        return Outcome(name, (*case.findings, *typst_faults(library, case, options)))
    if faults := tuple(typst_faults(library, case, options)):  # an endless template would be tried for each input
        return Outcome(name, (*case.findings, *faults))
    changed: list[str] = []
    try:
        files = dict(print_documents(library, path, case, options))
        for file, data in files.items():
            if write_file(file, data, library.project.name(file)):
                changed.append(library.project.name(file))
    except ReportError as error:
        found = [placed(finding, case.facts) for finding in error.findings]
        return Outcome(name, (*case.findings, *found), changed=tuple(changed))
    return Outcome(name, case.findings, tuple(map(library.project.name, files)), tuple(changed))


MOST = 200  # warnings, or notes, of one kind in one file that are told one by one


def capped(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings without the warnings and notes of a kind beyond MOST, which are counted; errors all stay."""
    kept: list[Finding] = []
    counts: Counter[tuple[str, str]] = Counter()
    last: dict[tuple[str, str], int] = {}
    for finding in findings:
        kind = finding.code, finding.span.file
        counts[kind] += 1
        if finding.severity is ERROR or counts[kind] <= MOST:
            last[kind] = len(kept)
            kept.append(finding)
    for kind, place in last.items():
        if (more := counts[kind] - MOST) > 0 and kept[place].severity is not ERROR:
            message = _("{message} (and {n} more of this kind in this file)")
            kept[place] = replace(kept[place], message=message.format(message=kept[place].message, n=more))
    return kept


def placed(finding: Finding, facts: Facts) -> Finding:
    """Return a finding on a character that no font has, at its first place in the centre's texts."""
    if finding.code != "missing-glyph":
        return finding
    for place, text in leaves(facts.source):
        if finding.path in text:
            line = text[: text.index(finding.path)].count("\n") + 1
            return replace(finding, span=facts.source.inside(place, line, finding.path))
    return finding


def examine(library: Library, path: Path, twins: Iterable[Path] = (), draft: bool = False) -> Case:
    """Read and check the file at ``path``, and write its documents as trees. Raises ReportError."""
    facts = facts_of(library, path)
    wording = Wording(facts)
    reasons = wording.reasons()
    findings = [*facts.findings, *place_agrees(facts, path, library.project), *missing_centres(facts, path)]
    findings += check_facts(facts, [facts_of(library, twin) for twin in twins])
    forms, faults = requested_forms(library, facts)
    findings += faults
    if not has_errors(faults):  # else what is unknown may belong to a form that is missing
        findings += unknown_indicators(facts, forms)
        findings += unknown_sections(facts, forms)
    texts = passages_of(facts, wording)
    findings += leftovers(texts, facts, library.places, library.words)
    findings += statements(texts, facts, {finding.stated for finding in findings if finding.code == "total-mismatch"})
    written: list[tuple[Form, Written]] = []
    for form in forms:
        findings += library.word_faults(form)
        if form.profile.change is not None:
            findings += jumps(facts, form.profile.change)
        scores = read_scores(form, facts, wording, reasons)
        findings += scores.findings
        written.append((form, write_documents(form, facts, scores, wording, reasons, origin(form, facts), draft)))
    findings += wording.told()
    findings += needed_facts(facts, forms, {finding.path for finding in findings})
    findings = list(explained(facts, dict.fromkeys(findings), reasons))
    order = sorted(capped(findings), key=lambda finding: (finding.span.file != facts.source.file, finding.span.line))
    return Case(facts, tuple(order), tuple(written))


def typst_faults(library: Library, case: Case, options: Options) -> Iterator[Finding]:
    """Yield why the Typst templates of the case's forms cannot be printed, each once; nothing where none is used."""
    if options.pdf and options.engine == "typst":
        yield from dict.fromkeys(finding for form in case.forms for finding in library.typst_faults(form))


def try_form(
    library: Library, name: str, known: Trials, watched: Callable[[str], AbstractContextManager[None]]
) -> Trials:
    """Return the trials of the templates of the form ``name`` that are not ``known``; each is ``watched``."""
    trials: Trials = {}
    try:
        form = library.form(name)
    except ReportError:
        return trials  # told by the inputs that ask for it
    for template, look, like in library.templates_of(form):
        if template not in known:
            with watched(template):
                trials[template] = library.trial(look, like)
    return trials


def stand_ins(form: Form) -> tuple[Document, Document | None]:
    """Return a report with every kind of block and an annex with every column and cell: what templates are tried with.

    The one document of a form that is a single table stands for its report.
    """
    some = (ANY_TEXT,)
    frame = Document(some, (), ANY_TEXT, ANY_TEXT, "2024-01-01", source=ANY_TEXT)
    table = None
    if form.annex:
        row = tuple(Cell(ANY_TEXT) for _column in form.columns)
        total = {column.name: ANY_TEXT for column in form.annex.columns if column.total}
        cells = dict.fromkeys(form.annex.cells, ANY_TEXT)
        table = replace(frame, table=Table(form.columns, (row,), total), cells=cells)
    if form.report is None and table:
        return table, None
    headings: list[Block] = [Heading(level, ANY_TEXT, ANY_TEXT) for level in (1, 2, 3, 4)]
    others = (
        Paragraph((Text(ANY_TEXT), Text(ANY_TEXT, True)), ANY_TEXT),
        Table(some, ((Cell(ANY_TEXT),),)),
        PageBreak(),
    )
    report = replace(frame, blocks=(*headings, *others), attachments=some if form.annex else ())
    return report, replace(table, label=ANY_TEXT) if table else None


def needed_facts(facts: Facts, forms: Iterable[Form], told: set[str]) -> Iterator[Finding]:
    """Yield a finding for every fact that a form cannot do without (须填) and that has no value."""
    for form in forms:
        for name in form.needed:
            if name not in told and isinstance(facts.value(name), Missing):
                told.add(name)
                message = _("the form “{form}” needs “{name}”, which is not stated").format(form=form.name, name=name)
                group, _dot, key = name.partition(".")
                hint = _("type under 数据: {example}").format(example=f"{group}: {{{key}: …}}")
                hint += _("; or give the reason under 口径说明, {name}").format(name=name)
                yield Finding("fact-required", facts.span(name), message, hint, name)


def facts_of(library: Library, path: Path) -> Facts:
    """Return the facts of the file at ``path``, with last year's. Raises ReportError."""
    source = read_source(path, library.project.name(path))
    facts = read_facts(source, library.vocabulary)
    earlier = library.project.last_year(path, facts.year)
    last_year = other_facts(library, earlier) if earlier else None
    names = dict.fromkeys(name for name in facts.entry.subordinates if not unusable_name(name))
    centres = [other_facts(library, path.parent / f"{name}.yaml") for name in names]
    subordinates = tuple(centre for centre in centres if centre)
    if last_year is None and not subordinates:
        return facts
    complete = subordinates if len(subordinates) == len(set(facts.entry.subordinates)) else ()
    return read_facts(source, library.vocabulary, last_year, complete)


def other_facts(library: Library, path: Path) -> Facts | None:
    """Return what another file states by itself, or None; its own findings are told when it is its turn."""
    try:
        return read_facts(read_source(path, library.project.name(path)), library.vocabulary)
    except ReportError:
        return None


def missing_centres(facts: Facts, path: Path) -> Iterator[Finding]:
    """Yield a finding for every centre under 下辖 that has no file beside the city's."""
    beside: list[str] | None = None
    for index, name in enumerate(facts.entry.subordinates):
        if unusable_name(name):
            message = _("“{name}” cannot name a file").format(name=name[:40])
            hint = _("type the name of a file beside this one, without .yaml")
            yield Finding("bad-value", facts.source.span(("下辖", index)), message, hint, f"下辖.{index}")
        elif not (path.parent / f"{name}.yaml").is_file():
            beside = beside or sorted(other.stem for other in path.parent.glob("*.yaml") if other != path)
            message = _("there is no file {name}.yaml beside this one").format(name=name)
            span = facts.source.span(("下辖", index))
            yield Finding("bad-value", span, message, did_you_mean(name, beside), f"下辖.{index}")


def place_agrees(facts: Facts, path: Path, project: Project) -> Iterator[Finding]:
    """The file lies in the folder of its year, under a name that any system can write."""
    folder = path.resolve().parent
    if folder.parent == project.inputs.resolve() and facts.entry.year and folder.name != facts.entry.year:
        message = _("the file lies in inputs/{folder}, but its 年度 is {year}")
        message = message.format(folder=folder.name, year=facts.entry.year)
        hint = _("correct 年度, or move the file to inputs/{year}").format(year=facts.entry.year)
        yield Finding(
            "year-mismatch", facts.source.span(("年度",)), message, hint, "年度", facts.entry.year, folder.name
        )
    if unusable_name(path.stem):
        message = _("“{name}” cannot name the folder of the documents").format(name=path.stem)
        hint = _("rename the file: letters a to z, digits and hyphens, such as lieshan.yaml")
        yield Finding("bad-value", facts.source.at(1, 1), message, hint)


def requested_forms(library: Library, facts: Facts) -> tuple[list[Form], list[Finding]]:
    """Return the forms under 报告, and a finding for each that there is not or that has a fault."""
    forms: list[Form] = []
    findings: list[Finding] = []
    for index, name in enumerate(facts.entry.reports):
        span = facts.source.span(("报告", index))
        if name not in library.form_names:
            message = _("there is no form “{name}”").format(name=name)
            findings.append(
                Finding("unknown-form", span, message, did_you_mean(name, library.form_names), f"报告.{index}")
            )
        elif name in (form.id for form in forms):
            message = _("the form “{name}” is asked for twice").format(name=name)
            findings.append(Finding("bad-value", span, message, _("keep one of the two"), f"报告.{index}"))
        else:
            try:
                forms.append(library.form(name))
                findings += forms[-1].notes
            except ReportError as error:
                findings += error.findings
    return forms, findings


def unknown_sections(facts: Facts, forms: Iterable[Form]) -> Iterator[Finding]:
    """Yield a finding for every text under 正文 that no requested form prints: it would be lost."""
    forms = list(forms)
    known = list(dict.fromkeys(section for form in forms for section in form.sections))
    for name in facts.entry.prose:
        if forms and name not in known:
            message = _("no requested form prints a text “{name}”").format(name=name)
            span = facts.source.key_span(("正文", name))
            yield Finding("unknown-section", span, message, did_you_mean(name, known), f"正文.{name}")


@cache
def program_version() -> str:
    """Return the version that is installed, or "0" in a folder that is not."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "0"


def origin(form: Form, facts: Facts) -> str:
    """Say where a document came from: program and version, form, input and the hash of its text."""
    name = facts.source.file.rsplit("/", 1)[-1]
    return f"reportgen {program_version()}; {form.id}; {name} sha256:{facts.source.digest[:16]}"


def print_documents(library: Library, path: Path, case: Case, options: Options) -> Iterator[tuple[Path, bytes]]:
    """Yield every file of the case with its bytes. Raises ReportError."""
    for form, written in case.written:
        folder = library.project.output(path, case.facts.year, form.id)
        yield from print_document(library, written.report, library.look(form), folder / "report", options)
        if written.annex:
            yield from print_document(library, written.annex, form.folder / "annex", folder / "annex", options)


def print_document(
    library: Library, document: Document, template: Path, target: Path, options: Options
) -> Iterator[tuple[Path, bytes]]:
    """Yield the Word file and the PDF file of one document. Raises ReportError."""
    docx = library.word_template(template.with_suffix(".docx")).print_docx(document)
    yield target.with_suffix(".docx"), docx
    if not options.pdf:
        return
    name = library.project.name(target.with_suffix(".pdf"))
    if options.engine == "libreoffice":
        pdf = convert_docx(docx, name)
    else:
        pdf = library.pdf_printer.print_pdf(document, template.with_suffix(".typ"))
    if options.verify and (lost := verify_pdf(pdf, document.strings(), name, document.cells.values())):
        raise ReportError(lost)
    yield target.with_suffix(".pdf"), pdf


def substituted_fonts(library: Library) -> Finding | None:
    """Say which of GB/T 9704's fonts an open font stands for in the PDF files, if any."""
    if not (pairs := library.pdf_printer.substituted):
        return None
    message = _("fonts that are not installed were substituted in the PDF: {fonts}").format(fonts="，".join(pairs))
    return Finding("font-substituted", Span(""), message, _("install the fonts of GB/T 9704 to use them"))
