"""A document as it is set -> findings on its pages: what an office would send back for its looks, with the mend."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.facts.facts import Facts
from reportgen.forms.form import Form
from reportgen.reading.keys import PROSE
from reportgen.reading.source import leaves
from reportgen.reading.trace import Piece, Traced
from reportgen.running.examine import Examined
from reportgen.running.library import Library
from reportgen.telling.findings import Finding, Span, Subject
from reportgen.telling.messages import _
from reportgen.writing.fitting import Misfit, Shape

CODE = "page-layout"
SHOWN = 12  # characters of a text by which it is named


def pages_in_order(library: Library, case: Examined) -> Iterator[Finding]:
    """Yield what is wrong with the pages that a case will have."""
    for form, written in case.written:
        for end, edition in written.editions:
            for kind, name, document in edition.own_files:
                template = library.look(form, kind, document)
                for misfit in library.misfits(library.set_out(document, template), template):
                    message, hint = _told(misfit, form, f"{form.id}/{name}{end}")
                    about = Subject.key(f"{form.id} {misfit.shape}")
                    yield Finding(CODE, _place(misfit, case.facts), message, hint, about)


def _told(misfit: Misfit, form: Form, file: str) -> tuple[str, str]:
    if misfit.shape is Shape.TITLE:
        message = _("the title of {file} takes {n} lines; more than three look like text")
        return message.format(file=file, n=misfit.extent), _("shorten 项目, or let the form's 标题 have fewer words")
    texts = "、".join(f"“{text[:SHOWN]}…”" for text in misfit.texts)
    if misfit.shape is Shape.FORM:
        message = _("“{form}” takes {n} sheets; such a form is expected on one")
        return message.format(form=form.name, n=misfit.extent), _("shorten its longest texts: {texts}").format(
            texts=texts
        )
    message = _("a row takes {n} % of a page").format(n=misfit.extent)
    return message, _("shorten {texts}, or say it in the report").format(texts=texts)


def _place(misfit: Misfit, facts: Facts) -> Span:
    """Return where the longest text begins in the centre's file, if any of it was typed there."""
    text = misfit.texts[0]
    spans = (span for piece in text.pieces for span in _typed(piece, facts)) if isinstance(text, Traced) else iter(())
    places = (place for place, typed in leaves(facts.source) if text[:SHOWN] in typed)  # a text without a trace
    found = next(spans, None) or next((facts.source.spot(place, 0) for place in places), None)
    return found or Span(facts.source.file)


def _typed(piece: Piece, facts: Facts) -> Iterator[Span]:
    """Yield where a piece was typed in the centre's file: itself, or as a text that a layout of the form prints."""
    span = piece.spot(piece.offset, piece.length or 1)
    group, _dot, name = piece.source.partition(".")
    if span.file == facts.source.file:
        yield span
    elif group == PROSE and name in facts.entry.prose:
        yield facts.source.spot((PROSE, name), 0)
