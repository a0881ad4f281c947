"""A year and drawings -> one HTML page of its own: no network, no file beside it, and text is never markup.

It is made of elements, so that whatever a centre writes is escaped where the page is written. Scripts only filter:
without them everything is there.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote
from xml.etree.ElementTree import Element, fromstring, tostring

from reportgen.helping.year import Centre, File, Score, Year, word_of
from reportgen.printing.origin import program_version
from reportgen.reading.project import ROSTER
from reportgen.running.outcome import State
from reportgen.telling.catalogue import Severity
from reportgen.telling.findings import Finding
from reportgen.telling.messages import _, language
from reportgen.telling.views import severity_word

MOST = 100  # findings of a centre: one with more is told by check
STYLE = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
SCRIPT = Path(__file__).with_name("page.js").read_text(encoding="utf-8")
LANGUAGES = {"zh_CN": "zh-Hans", "en": "en"}
KINDS = {".docx": "Word", ".pdf": "PDF"}


class Drawing(NamedTuple):
    """A chart as SVG, and its title."""

    title: str
    svg: str


def page_of(year: Year, drawings: Iterable[Drawing], workbook: str) -> bytes:
    """Return the page; ``workbook`` is the name of the file beside it."""
    title = _("Performance self-evaluation {year}").format(year=year.name)
    body = tag("body", _header(year, title, workbook), tag("main", *_main(year, drawings)), _footer())
    body.append(tag("script", SCRIPT))
    page = tag("html", _head(title), body, lang=LANGUAGES.get(language(), "en"))
    text = tostring(page, encoding="unicode", method="html")
    return f"<!DOCTYPE html>\n{text}\n".encode(errors="replace")


def tag(name: str, /, *children: Element | str, **attributes: str) -> Element:
    """Return an element; ``class_`` and ``data_state`` are the attributes class and data-state."""
    element = Element(name, {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()})
    for child in children:
        if isinstance(child, Element):
            element.append(child)
        elif len(element):
            element[-1].tail = (element[-1].tail or "") + child
        else:
            element.text = (element.text or "") + child
    return element


def _head(title: str) -> Element:
    policy = f"default-src 'none'; style-src {_hash(STYLE)}; script-src {_hash(SCRIPT)}"
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=f"{policy}; base-uri 'none'; form-action 'none'"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("style", STYLE),
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _header(year: Year, title: str, workbook: str) -> Element:
    parts = "、".join(f"{word_of(state)} {n}" for state, n in _counts(year))
    told = _("{n} centre(s): {parts}").format(n=len(year.centres), parts=parts)
    table = tag("a", _("all figures as a workbook"), href=quote(workbook))
    return tag("header", tag("h1", title), tag("p", told, " · ", table), _filters(year))


def _counts(year: Year) -> list[tuple[State, int]]:
    """Return how many centres are in which state, in the order of the table."""
    return list(Counter(centre.line.state for centre in year.centres).items())


def _filters(year: Year) -> Element:
    """Return the filters, hidden until the script shows them."""
    buttons = [_button("", f"{_('all')} {len(year.centres)}")]
    buttons += [_button(state, f"{word_of(state)} {n}") for state, n in _counts(year)]
    words = tag("input", type="search", placeholder=_("search centres and findings"), aria_label=_("search"))
    return tag("form", *buttons, tag("span", class_="shown", role="status"), words, class_="filters", hidden="")


def _button(state: str, text: str) -> Element:
    return tag("button", text, type="button", data_state=state, aria_pressed="true" if not state else "false")


def _main(year: Year, drawings: Iterable[Drawing]) -> Iterator[Element]:
    columns = ("", "", "", "number", "number", "number", "")
    heads = (_("centre"), _("documents"), _("score"), _("errors"), _("warnings"), _("pages"), _("state"))
    cells = [tag("th", head, scope="col", class_=kind) for head, kind in zip(heads, columns, strict=True)]
    yield tag("table", tag("thead", tag("tr", *cells)), *map(_centre, year.centres))
    if figures := [_figure(drawing) for drawing in drawings]:
        yield tag("h2", _("Figures side by side"))
        yield tag("div", *figures, class_="charts")
    if year.others:
        yield tag("h2", _("Other files"))
        yield _findings(year.others)


def _centre(centre: Centre) -> Element:
    line = centre.line
    counts = (tag("td", str(count or "—"), class_="number") for count in (line.errors, line.warnings, line.pages))
    name = tag("th", centre.unit, tag("small", centre.district or line.name), scope="row")
    state = tag("td", tag("span", word_of(line.state), class_=f"state {line.state.value}"))
    row = tag("tr", name, tag("td", *_documents(centre)), tag("td", *_scores(centre.scores)), *counts, state)
    body = tag("tbody", row, data_state=line.state.value)
    if centre.findings:
        body.append(tag("tr", tag("td", _folded(centre), colspan="7"), class_="more"))
    return body


def _documents(centre: Centre) -> Iterator[Element]:
    """Yield the documents, Word and PDF of each on a line; where there are none, the forms that are due."""
    named: dict[tuple[str, str], list[File]] = {}
    for file in centre.files:
        named.setdefault((file.name, file.path.rpartition(".")[0]), []).append(file)
    lines = [tag("li", f"{name}　", tag("span", *_links(files))) for (name, _path), files in named.items()]
    yield tag("ul", *(lines or [tag("li", form) for form in centre.forms or ("—",)]))


def _links(files: Iterable[File]) -> Iterator[Element | str]:
    for file in files:
        suffix = Path(file.path).suffix
        yield tag("a", KINDS.get(suffix, suffix), href=quote(file.path))
        yield " "


def _scores(scores: Iterable[Score]) -> Iterator[Element]:
    told = dict.fromkeys(f"{score.points} {score.grade}".strip() for score in scores)
    yield tag("ul", *(tag("li", text) for text in told or ("—",)), class_="scores")


def _folded(centre: Centre) -> Element:
    counts = Counter(finding.severity for finding in centre.findings)
    parts = [f"{severity_word(severity)} {counts[severity]}" for severity in Severity if counts[severity]]
    opened = {"open": ""} if counts[Severity.ERROR] else {}
    return tag("details", tag("summary", " · ".join(parts)), _findings(centre.findings), **opened)


def _findings(findings: tuple[Finding, ...]) -> Element:
    items = [_finding(finding) for finding in findings[:MOST]]
    if (more := len(findings) - MOST) > 0:
        items.append(tag("li", _("and {n} more: reportgen check shows them").format(n=more)))
    return tag("ul", *items, class_="findings")


def _finding(finding: Finding) -> Element:
    span = finding.span
    place = f"{span.file}:{span.line}:{span.column}" if span.text else span.file
    parts = [tag("p", tag("b", severity_word(finding.severity)), f" {finding.said}")]
    if finding.advice:
        parts.append(tag("p", finding.advice, class_="hint"))
    if place:
        parts.append(tag("p", f"{place} [{finding.code}]", class_="place"))
    return tag("li", *parts, class_=finding.severity.value)


def _figure(drawing: Drawing) -> Element:
    picture = fromstring(drawing.svg)
    for element in picture.iter():
        element.tag = element.tag.rpartition("}")[2]  # HTML knows svg without its namespace
    picture.attrib |= {"role": "img", "aria-label": drawing.title}
    return tag("figure", tag("figcaption", drawing.title), picture)


def _footer() -> Element:
    made = _("Made by reportgen {version} at every build; what is typed here is lost.")
    due = _("Who is due stands in {file}.").format(file=f"inputs/…/{ROSTER}")
    return tag("footer", made.format(version=program_version()), " ", due)
