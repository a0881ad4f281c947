"""THE table of rules. Each is asked by itself; what one must know of another it asks of the case.

A rule that is added is one function, one line here, one row of the catalogue and one of the explanations.
"""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.checking import completeness, districts, duties, leftovers, magnitudes, neighbours, tables, totals
from reportgen.checking.case import Case, Rule
from reportgen.checking.causes import with_causes
from reportgen.checking.statements import statements
from reportgen.scoring.scores import unknown_indicators
from reportgen.telling.findings import Finding


def what_was_read(case: Case) -> Iterator[Finding]:
    """What the file itself, the form's texts and the scores have complained of, without what would follow."""
    yield from case.facts.findings
    for finding in case.printing:
        if finding.code != "missing-fact" or not case.facts.behind([finding.about.name]) & case.misread:
            yield finding
    for finding in (finding for scores in case.scores for finding in scores.findings):
        if not case.facts.behind(finding.lacking) & case.wanting:
            yield finding


def relations(case: Case) -> Iterator[Finding]:
    """What is stated is what the vocabulary says must be true."""
    yield from with_causes(case.facts, case.failures)


def rows(case: Case) -> Iterator[Finding]:
    """Every row of 评分 belongs to a form that is asked for."""
    if case.forms and case.all_forms:
        yield from unknown_indicators(case.facts, case.forms, case.printed_by)


RULES: tuple[Rule, ...] = (
    what_was_read,
    completeness.file_has_its_place,
    completeness.centres_have_files,
    districts.districts_are_sound,
    districts.sums_are_whole,
    completeness.report_follows_year,
    completeness.needed_facts,
    completeness.blank_facts,
    completeness.goals_have_results,
    completeness.unknown_sections,
    rows,
    totals.printed_totals,
    duties.duties,
    relations,
    magnitudes.sizes,
    neighbours.twins_agree,
    neighbours.centres_sum_to_city,
    neighbours.jumps,
    neighbours.last_years_figures,
    neighbours.copied_figures,
    leftovers.leftovers,
    statements,
    tables.tables,
)


def findings_of(case: Case) -> Iterator[Finding]:
    """Yield what the rules find."""
    for rule in RULES:
        yield from rule(case)
