"""Vocabulary, forms and frames -> JSON schemas (draft 7), by which an editor completes and underlines what is typed.

They are made for yaml-language-server, which shows ``description`` and ``errorMessage``; any validator can read them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from reportgen.forms.form import Form
from reportgen.forms.vocabulary import Vocabulary
from reportgen.helping.frameschema import TEXT, Schema, of_file, of_keys
from reportgen.helping.inputschema import CHOICE, POINTS, PROFILE, of_input
from reportgen.reading.frames import FormFile, ProfileFile, RosterFile, SettingsFile, VocabularyFile, WordsFile
from reportgen.reading.heirs import FROM
from reportgen.reading.keys import DEPTHS, REASONS, RULES, UNSEEN, WORKED_OUT
from reportgen.reading.project import write_file
from reportgen.running.library import Library
from reportgen.telling.findings import ReportError

INPUT = "input.json"
DRAFT = "http://json-schema.org/draft-07/schema#"
ANNEXES = "附件"


def schemas(vocabulary: Vocabulary, forms: Sequence[Form], profiles: Iterable[str]) -> dict[str, bytes]:
    """Return the schemas by the names of their files: of an input, and of each kind of template."""
    profiles = sorted(profiles)
    made = {
        INPUT: of_input(vocabulary, forms, profiles),
        "facts.json": of_file(VocabularyFile),
        "form.json": of_form(forms, profiles),
        "profile.json": _inheriting(of_file(ProfileFile), []),
        "words.json": of_file(WordsFile),
        "roster.json": of_file(RosterFile),
        "settings.json": of_file(SettingsFile),
    }
    return {
        name: (json.dumps({"$schema": DRAFT, **schema}, ensure_ascii=False, indent=1) + "\n").encode()
        for name, schema in made.items()
    }


def refreshed(library: Library) -> list[Path]:
    """Write the schemas of a project into a folder that git does not see; return where. Raises ReportError."""
    project = library.project
    made = schemas(library.vocabulary, list(_sound(library)), project.profile_names())
    for name, data in made.items():
        write_file(project.schemas / name, data, project.name(project.schemas / name), sync=False)
    return [project.schemas / name for name in made]


def _sound(library: Library) -> Iterator[Form]:
    for name in library.form_names:
        with suppress(ReportError):  # one with a fault is told by what asks for it
            yield library.form(name)


def of_form(forms: Sequence[Form], profiles: Sequence[str]) -> Schema:
    """Return the schema of form.yaml, which may have one annex or several."""
    schema = of_file(FormFile)
    annex = schema["properties"][ANNEXES]
    schema["properties"][ANNEXES] = {**annex, "anyOf": [*annex["anyOf"], {"type": "array", "items": annex["anyOf"][0]}]}
    schema["properties"][PROFILE]["examples"] = list(profiles)
    names = dict.fromkeys((*DEPTHS, POINTS, *RULES, *REASONS, *WORKED_OUT, *UNSEEN))
    named = [{"required": [level]} for level in DEPTHS[1:]]  # the deepest names a row
    rows = {"type": "object", "properties": of_keys(names), "anyOf": named, "additionalProperties": TEXT}
    schema["properties"][CHOICE]["anyOf"][0]["items"] = rows
    return _inheriting(schema, [form.id for form in forms])


def _inheriting(schema: Schema, parents: list[str]) -> Schema:
    """Let a file inherit: then it needs nothing of its own."""
    schema["properties"] = {FROM: {**of_keys([FROM])[FROM], "examples": parents}, **schema["properties"]}
    needed = {"required": schema.pop("required")}
    return {**schema, "if": {"not": {"required": [FROM]}}, "then": needed}
