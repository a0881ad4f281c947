"""A frame of reading/frames.py -> the JSON schema of its files; meanings.yaml -> what each key means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, cast, get_args, get_origin

from reportgen.reading.frames import Frame
from reportgen.reading.source import read_source

Schema = dict[str, Any]
MEANINGS = Path(__file__).parent / "meanings.yaml"
ROW = "行"  # there: the keys that no frame lists
VALUE: Schema = {"type": ["string", "number"]}  # where nothing will not do
TEXT: Schema = {"type": ["string", "number", "boolean", "null"]}  # every scalar is text to the reader
NOTHING: Schema = {"type": "null"}  # “评分:” with nothing below it


@cache
def meanings() -> Mapping[str, Mapping[str, str]]:
    """Return what each key means, by the name of its frame."""
    return cast(Mapping[str, Mapping[str, str]], read_source(MEANINGS, MEANINGS.name).data)


def of_file(frame: type[Frame]) -> Schema:
    """Return the schema of a file: a list or group of it may be left empty, and one text stand for a list."""
    schema = of_frame(frame)
    for field in frame.model_fields.values():
        if get_origin(field.annotation):
            own = schema["properties"][field.alias]
            meaning = {"description": own.pop("description")}
            schema["properties"][field.alias] = {**meaning, "anyOf": [own, *_alone(field.annotation)]}
    return schema


def _alone(annotation: Any) -> list[Schema]:
    takes_text = get_origin(annotation) is list and str in (get_args(annotation)[0], *get_args(get_args(annotation)[0]))
    return [VALUE, NOTHING] if takes_text else [NOTHING]


def of_frame(frame: type[Frame]) -> Schema:
    """Return the schema of a group of keys."""
    known = meanings().get(frame.__name__, {})
    properties = {
        alias: {"description": known.get(alias, ""), **_of(field.annotation)}
        for field in frame.model_fields.values()
        if (alias := field.alias or "")
    }
    return {"type": "object", "properties": properties, "required": list(frame.required), "additionalProperties": False}


def _of(annotation: Any) -> Schema:
    """Return the schema of what a field holds: a text, a frame, a list, a group, or a choice of these."""
    parts = get_args(annotation)
    if isinstance(annotation, UnionType):
        return {"anyOf": [_of(part) for part in parts if part is not type(None)]}
    if get_origin(annotation) is list:
        return {"type": "array", "items": _of(parts[0])}
    if get_origin(annotation) is dict:
        return {"type": "object", "additionalProperties": _of(parts[1])}
    return of_frame(annotation) if isinstance(annotation, type) and issubclass(annotation, Frame) else dict(TEXT)


def of_keys(names: Iterable[str]) -> Schema:
    """Return the schemas of keys that no frame lists, each for a text."""
    return {name: {"description": meanings()[ROW].get(name, ""), **TEXT} for name in names}
