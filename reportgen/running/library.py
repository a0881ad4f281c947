"""A project's templates and the neighbours of its inputs, each read once."""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from reportgen.checking.case import Neighbours
from reportgen.checking.passages import block_passages
from reportgen.checking.statements import typed_in_wording
from reportgen.facts.facts import Facts, read_facts
from reportgen.forms.form import Annex, Choice, Form, read_form
from reportgen.forms.vocabulary import Vocabulary, read_vocabulary
from reportgen.forms.words import Word, read_words
from reportgen.numbers.grammar import Template
from reportgen.printing.charts import has_figures
from reportgen.printing.coverage import STAND_IN, told, unprinted_by, with_numbers
from reportgen.printing.passages import comparable
from reportgen.printing.pdf import PdfPrinter
from reportgen.printing.pdftree import contents_of, structure_of
from reportgen.printing.word import WordTemplate
from reportgen.reading.obstacles import leads_outside
from reportgen.reading.project import HOUSE, Copy, Project, glance
from reportgen.reading.source import parse_source, read_source
from reportgen.running.closer import Report
from reportgen.running.outcome import Trial, Trials, form_file
from reportgen.running.press import Job, Press
from reportgen.telling.findings import Finding, ReportError, Span, Subject
from reportgen.telling.messages import _
from reportgen.writing.blocks import (
    Block,
    Cell,
    Document,
    Grid,
    Heading,
    Note,
    PageBreak,
    Paragraph,
    Table,
    Text,
    entries_of,
)
from reportgen.writing.fitting import Misfit, Sheet, fitted, misfits
from reportgen.writing.prose import wording_blocks

ANY_TEXT = STAND_IN  # what a template is tried with: no text is empty, and a template may take it for a number
PLACE = re.compile("([^省市州盟]{2,8}[区县市旗州])$")
MOST_LAID = 32  # documents whose setting is kept: those of one centre
MOST_KEPT = 256  # neighbours that are kept in memory
Watched = Callable[[str], AbstractContextManager[None]]


@dataclass
class Library:
    """The templates of a project, and the facts of files that others ask for."""

    project: Project
    system_fonts: bool = True
    districts: frozenset[str] = frozenset()  # 地区 of every input file, where somebody has looked already
    trials: Trials = field(default_factory=dict)
    fonts_here: str | None = None  # that print what the open ones would, "" for none; None where nobody has looked
    held: dict[Path, bytes] = field(default_factory=dict)  # what an input would be, in place of what is on the disk
    _forms: dict[tuple[str, Choice], Form] = field(default_factory=dict)
    _typst: dict[tuple[Path, ...], str] = field(default_factory=dict)
    _word: dict[Path, WordTemplate] = field(default_factory=dict)
    _kept: OrderedDict[tuple[Path, int, int], Facts | None] = field(default_factory=OrderedDict)
    _laid: OrderedDict[int, tuple[Document, Document]] = field(default_factory=OrderedDict)  # by the id of the first
    _tried_with: dict[int, tuple[Form, tuple[tuple[str, Path, Document], ...]]] = field(default_factory=dict)  # as that

    # --- templates

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """templates/facts.yaml. Raises ReportError."""
        return read_vocabulary(self.project.templates / "facts.yaml", "templates/facts.yaml")

    @cached_property
    def form_names(self) -> list[str]:
        """The folders of templates/ that are forms."""
        return self.project.form_names()

    def form(self, name: str, choice: Choice = Choice()) -> Form:  # noqa: B008
        """Return the form ``name``, one of form_names, as the centre wants it. Raises ReportError."""
        if (name, choice) not in self._forms:
            form = read_form(self.project.templates / name, self.vocabulary, f"templates/{name}", choice)
            if form.report:
                blocks = wording_blocks(form.report, form.spot_in_wording)
                passages = block_passages(Subject.key(f"{name}/report.md"), blocks)
                form = replace(form, notes=(*form.notes, *typed_in_wording(passages, self.vocabulary)))
            self._forms[name, choice] = form
        return self._forms[name, choice]

    @cached_property
    def printed_by(self) -> dict[str, tuple[str, ...]]:
        """The names of all texts and rows, each with the names of the installed forms that print it."""
        found: dict[str, tuple[str, ...]] = {}
        for name in self.form_names:
            try:
                form = self.form(name)
            except ReportError:
                continue
            for printed in {*form.sections, *(indicator.name for indicator in form.indicators)}:
                found[printed] = (*found.get(printed, ()), form.name)
        return found

    def word_template(self, path: Path) -> WordTemplate:
        """Return the Word template at ``path``."""
        if path not in self._word:
            self._word[path] = WordTemplate(path, f"templates/{path.relative_to(self.project.templates).as_posix()}")
        return self._word[path]

    @cached_property
    def words(self) -> tuple[tuple[Word, ...], tuple[Finding, ...]]:
        """templates/words.yaml, and what is wrong with it."""
        return read_words(self.project.templates / "words.yaml", "templates/words.yaml")

    @cached_property
    def pdf_printer(self) -> PdfPrinter:
        """The printer of PDF files."""
        return PdfPrinter(self.project.templates, self.system_fonts, self.fonts_here)

    @cached_property
    def press(self) -> Press:
        """What prints with it."""
        return Press(self.pdf_printer)

    # --- neighbours

    def facts(self, path: Path) -> Facts:
        """Return the facts of the file at ``path``, with last year's and those of its districts. Raises ReportError."""
        if path.is_symlink() and (place := leads_outside(path, self.project.root)):
            message = _("it is a link that leads out of the project, to {place}").format(place=place)
            hint = _("put the file itself here in its place")
            raise ReportError([Finding("file-unreadable", Span(self.project.name(path)), message, hint)])
        name = self.project.name(path)
        source = parse_source(self.held[path], name) if path in self.held else read_source(path, name)
        facts = read_facts(source, self.vocabulary, path.parent)
        earlier = self.project.last_year(path, facts.year)
        last_year = self.other_facts(earlier) if earlier else None
        names = self.project.centres(path, facts.entry.subordinates)
        centres = [self.other_facts(path.parent / f"{name}.yaml") for name in names]
        known = tuple(centre for centre in centres if centre)
        earlier_unread = earlier is not None and last_year is None
        if last_year is None and not known and not earlier_unread:
            return facts
        return facts.beside(last_year, known if len(known) == len(names) else (), earlier_unread)

    @contextmanager
    def holding(self, path: Path, data: bytes) -> Iterator[None]:
        """Take these bytes for the input at ``path`` meanwhile."""
        self.held[path] = data
        try:
            yield
        finally:
            del self.held[path]

    def other_facts(self, path: Path) -> Facts | None:
        """Return what another file states by itself, or None; its own findings are told when it is its turn."""
        try:
            about = path.stat()
        except OSError:
            return None
        key = path, about.st_mtime_ns, about.st_size
        if key not in self._kept:
            try:
                source = read_source(path, self.project.name(path))
                self._kept[key] = read_facts(source, self.vocabulary, path.parent)
            except ReportError:
                self._kept[key] = None
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return self._kept[key]

    def neighbours(self, path: Path, facts: Facts, twins: Iterable[Path], copy: Copy | None = None) -> Neighbours:
        """Return what lies beside the file at ``path``; ``twins`` are other files of the same centre and year."""
        folder = path.resolve().parent
        year = folder.name if folder.parent == self.project.inputs.resolve() else ""
        names = self.project.beside(path) if facts.entry.subordinates else ()
        others = (self.other_facts(twin) for twin in twins)
        known = tuple(other for other in others if other)
        there, centres, above = frozenset(names), dict[str, Facts | None](), list[str]()
        for name in self.project.centres(path, facts.entry.subordinates):
            centre = path.parent / f"{name}.yaml"
            if name in there:
                centres[name] = self.other_facts(centre)
            if path in self._below(centre):
                above.append(name)
        return Neighbours(path.stem, year, tuple(names), known, self.places, copy, centres, tuple(above))

    def _below(self, path: Path) -> set[Path]:
        """Return the files of all centres below that of the file at ``path``, and below these."""
        found, todo = set[Path](), [path]
        while todo:
            upper = todo.pop()
            facts = self.other_facts(upper)
            names = self.project.centres(upper, facts.entry.subordinates) if facts else ()
            new = {upper.parent / f"{name}.yaml" for name in names} - found
            found |= new
            todo += new
        return found

    @cached_property
    def places(self) -> dict[str, frozenset[str]]:
        """The districts of all centres by what they are called: 盘龙区 for 云南省昆明市盘龙区."""
        found: dict[str, set[str]] = {}
        for district in self.districts or (glance(path).district for path in self.project.input_files()):
            if match := PLACE.search(district):
                found.setdefault(match[1], set()).add(district)
        return {name: frozenset(districts) for name, districts in found.items()}

    # --- trials

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
        typst = look.with_suffix(".typ")
        try:
            if look.parent.name == HOUSE:
                self._proof_printer.print_pdf(like, typst)
                return Trial(word)
            numbers = with_numbers(like)
            printed = comparable(structure_of(self._proof_printer.print_pdf(numbers, typst)).root.text)
        except ReportError as error:
            return Trial(word, error.findings)
        unprinted = unprinted_by(numbers, printed, typst.read_text(encoding="utf-8"))
        return Trial(word, tuple(told(unprinted, f"templates/{typst.relative_to(self.project.templates).as_posix()}")))

    def try_form(self, name: str, known: Trials, watched: Watched) -> Trials:
        """Return the trials of the templates of the form ``name`` that are not ``known``; each is ``watched``.

        Where all are sound, so is the form.
        """
        trials: Trials = {}
        try:
            form = self.form(name)
        except ReportError:
            return trials  # told by the inputs that ask for it
        for template, look, like in self.templates_of(form):
            if template not in known:
                with watched(template):
                    trials[template] = self.trial(look, like)
        if all({**known, **trials}[template] == Trial() for template, _look, _like in self.templates_of(form)):
            trials[form_file(name)] = Trial()
        return trials

    def templates_of(self, form: Form) -> tuple[tuple[str, Path, Document], ...]:
        """Return each template of the form, by name and without its suffix, and a document such as it will print."""
        known, found = self._tried_with.get(id(form), (None, ()))
        if known is not form:
            found = tuple(self._templates_of(form))
            self._tried_with[id(form)] = form, found
        return found

    def _templates_of(self, form: Form) -> Iterator[tuple[str, Path, Document]]:
        for number, like in enumerate(stand_ins(form)):
            kind = "annex" if number else "report"
            if like:
                look = self.look(form, kind, like)
                name = f"templates/{look.relative_to(self.project.templates).as_posix()}"
                yield name, look, every_block() if look.parent.name == HOUSE else like

    def typst_digest(self, forms: Iterable[Form]) -> str:
        """Return the digest of the Typst templates that print these forms, and of the fonts of the house."""
        own = (folder for form in forms for folder in (form.folder, *form.parents))
        folders = tuple(dict.fromkeys((*own, self.project.templates / HOUSE)))
        if folders not in self._typst:
            house = self.project.templates / HOUSE
            typst = (path for folder in folders for path in sorted(folder.rglob("*.typ")))
            fonts = sorted([*house.glob("fonts.yaml"), *house.glob("fonts/**/*")])
            held = (path.read_bytes() for path in (*typst, *fonts) if path.is_file())
            self._typst[folders] = hashlib.sha256(b"\0".join(held)).hexdigest()
        return self._typst[folders]

    def look(self, form: Form, kind: str, document: Document) -> Path:
        """Return the template of the form's report or annex, without its suffix: its own, or that of the house."""
        folders = [each for each in (form.folder, *form.parents) if (each / f"{kind}.docx").is_file()]
        own = (folders or [form.folder])[0] / kind
        laid_out = document.signed or document.blocks
        if own.with_suffix(".docx").is_file() or not laid_out:
            return own
        return self.project.templates / HOUSE / "report"

    def set_out(self, document: Document, look: Path) -> Document:
        """Return a document with its tables fitted to its sheets, where a template of the house prints it."""
        sheet = self._sheet(document, look)
        if sheet is None:
            return document
        known, found = self._laid.get(id(document), (None, document))
        if known is not document:
            found = fitted(document, sheet)
            self._laid[id(document)] = document, found
            if len(self._laid) > MOST_LAID:
                self._laid.popitem(last=False)
        return found

    def likely(self, form: Form, kind: str, document: Document) -> Job | None:
        """Return how a document probably will be printed; None where only its pages, or its drawings, tell."""
        look = self.look(form, kind, document)
        document = self.set_out(document, look)
        if document.listed or has_figures(document):
            return None
        report = self._report(document, look)
        return Job((report.likely if report else document,), look)

    def closed_up(self, document: Document, look: Path) -> Document:
        """Return a report with its lines closer where that saves a page."""
        try:
            report = self._report(document, look)
            return report.settled(lambda each: self.press.printed([each], look)[1]) if report else document
        except ReportError:  # told where it is printed
            return document

    def _report(self, document: Document, look: Path) -> Report | None:
        sheet, house = self._sheet(document, look), self.pdf_printer.look
        return (
            Report(document, sheet, house.closer.sheet(landscape=False))
            if sheet and house and document.signed
            else None
        )

    def with_contents(self, documents: Sequence[Document], look: Path) -> Document:
        """Return the first of documents that are bound, or of one, with its table of contents where it has one.

        Word numbers no pages before it is opened: the numbers are those of the PDF, which is printed for them.
        """
        document = documents[0]
        if not document.listed:
            return document
        _pdf, read_back = self.press.printed(documents, look)
        pages = [page for _text, page in contents_of(read_back.root)]
        entries = entries_of(documents)
        return replace(document, contents=tuple(entry._replace(page=page) for entry, page in zip(entries, pages)))  # noqa: B905

    def misfits(self, document: Document, look: Path) -> Iterator[Misfit]:
        """Yield what a document that is set out has against it, where a template of the house prints it."""
        sheet = self._sheet(document, look)
        return misfits(document, sheet) if sheet else iter(())

    def _sheet(self, document: Document, look: Path) -> Sheet | None:
        """Return the sheet that a template of the house prints on; of any other nothing is known."""
        of_house = self.pdf_printer.look if look.parent.name == HOUSE else None
        return of_house.sheet(document.landscape) if of_house else None

    @cached_property
    def _proof_printer(self) -> PdfPrinter:
        has_own_alone = not self.system_fonts or self.fonts_here == ""
        return self.pdf_printer if has_own_alone else PdfPrinter(self.project.templates, system_fonts=False)


def _frame() -> Document:
    return Document((ANY_TEXT,), (), ANY_TEXT, ANY_TEXT, "2024-01-01", source=ANY_TEXT)


def every_block() -> Document:
    """Return a document with every kind of block: what the templates of the house are tried with."""
    some = (ANY_TEXT,)
    headings: list[Block] = [Heading(level, ANY_TEXT, ANY_TEXT) for level in (1, 2, 3, 4)]
    others = (
        Paragraph((Text(ANY_TEXT), Text(ANY_TEXT, True, (Text(ANY_TEXT),))), ANY_TEXT),
        Table(some, ((Cell(ANY_TEXT),),)),
        Grid((20.0,), ((Cell(ANY_TEXT),),)),
        Note(ANY_TEXT),
        PageBreak(),
    )
    return replace(_frame(), blocks=(*headings, *others), attachments=some)


def stand_ins(form: Form) -> tuple[Document, ...]:
    """Return a report, and annexes with every column and cell: what a form's own templates are tried with.

    The one document of a form that is a single table stands for its report.
    """
    annexes = tuple(_stand_in(annex) for annex in form.annexes)
    if form.report is None and annexes:
        return (replace(annexes[0], label=""),)
    cells = {name: _as_typed(template) for name, template in form.cells.items()}
    return (replace(every_block(), attachments=tuple(annex.name for annex in form.annexes), cells=cells), *annexes)


def _stand_in(annex: Annex) -> Document:
    row = tuple(Cell(ANY_TEXT) for _column in annex.columns)
    total = {column.name: _as_typed(column.total) for column in annex.columns if column.total}
    table = Table(tuple(column.name for column in annex.columns), (row,), total) if annex.columns else None
    blocks = every_block().blocks if annex.layout else ()
    across = bool(annex.layout and annex.layout.landscape)
    cells = {name: _as_typed(template) for name, template in annex.cells.items()}
    title = tuple(map(_as_typed, annex.title))
    return replace(_frame(), title=title, table=table, cells=cells, blocks=blocks, landscape=across, label=ANY_TEXT)


def _as_typed(template: Template) -> str:
    """Return a text without tags as it is, so that a template may have it typed in; any other has a stand-in."""
    return ANY_TEXT if "{" in template.text or not template.text.strip() else template.text.strip()
