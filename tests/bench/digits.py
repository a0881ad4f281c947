"""Change every figure of the sample inputs by one digit, one at a time: how many of these slips are told? Run by hand:

    python tests/bench/digits.py

A figure has a witness where a formula or a relation of the vocabulary, or a score, joins it to others that are known.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from reportgen.facts.facts import Facts
from reportgen.numbers.formula import Missing
from reportgen.reading.project import find_project
from reportgen.running.build import check
from reportgen.running.library import Library
from reportgen.telling.catalogue import NOTE
from reportgen.telling.findings import Finding

ROOT = Path(__file__).resolve().parent.parent.parent


def told(library: Library, path: Path, text: str) -> set[tuple[str, str, str]]:
    """Return what is told of a text, notes and reasons aside."""
    path.write_text(text, encoding="utf-8")
    return {_key(finding) for finding in check(library, path).findings if finding.severity is not NOTE}


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.code, finding.path, finding.message


def has_witness(facts: Facts, name: str) -> bool:
    """Whether a formula or an exact relation joins the fact to others that are all known."""
    vocabulary = facts.vocabulary
    groups = [
        {kind.name, *kind.formula.names}
        for kind in vocabulary.facts.values()
        if kind.formula and kind.name in facts.stated
    ]
    groups += [
        set(check.relation.names) for check in (*vocabulary.checks, *facts.checks) if check.relation.sign == "=="
    ]
    return any(
        name in group and len(group) > 1 and not any(isinstance(facts.value(other), Missing) for other in group)
        for group in groups
    )


def main() -> None:
    """Print the share of slips that are told, and the figures that no other bears out."""
    caught = figures = witnessed = caught_witnessed = 0
    silent: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(ROOT / "templates", root / "templates")
        for sample in sorted((ROOT / "inputs").glob("*/*.yaml")):
            path = root / "inputs" / sample.parent.name / sample.name
            path.parent.mkdir(parents=True, exist_ok=True)
            text = sample.read_text(encoding="utf-8")
            library = Library(find_project(root), system_fonts=False)
            before = told(library, path, text)
            facts = library.facts(path)
            lines = text.split("\n")
            for name, stated in facts.stated.items():
                span = stated.span
                start = span.column - 1
                raw = lines[span.line - 1][start : start + span.length]
                digits = [at for at, sign in enumerate(raw) if sign.isdigit()]
                if not digits:
                    continue
                at = digits[-1] if raw[digits[-1]] != "0" or len(digits) == 1 else digits[0]
                new = raw[:at] + str((int(raw[at]) + 3) % 10 or 4) + raw[at + 1 :]
                changed = [*lines]
                changed[span.line - 1] = (
                    lines[span.line - 1][:start] + new + lines[span.line - 1][start + span.length :]
                )
                found = told(library, path, "\n".join(changed)) - before
                witness = has_witness(facts, name)
                figures, witnessed = figures + 1, witnessed + witness
                caught, caught_witnessed = caught + bool(found), caught_witnessed + (witness and bool(found))
                if not found:
                    silent.append(f"{sample.stem}: {name} {raw} -> {new}{' (has a witness)' if witness else ''}")
    print(
        f"{caught} of {figures} slips are told ({caught / figures:.0%}); of those with a witness {caught_witnessed} of {witnessed}"
    )
    print("\n".join(re.sub(r"\s+", " ", line) for line in silent))


if __name__ == "__main__":
    main()
