"""The Chinese catalogue is complete, and the compiled file is the compiled text."""

from __future__ import annotations

import ast
import io
import re
import string

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from conftest import ROOT

FOLDER = ROOT / "reportgen" / "locale" / "zh_CN" / "LC_MESSAGES"


def source_messages() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "reportgen").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
                assert isinstance(node.args[0], ast.Constant), f"{path.name}:{node.lineno} is not a literal"
                found.add(str(node.args[0].value))
    return found


def catalogue() -> Catalog:
    with (FOLDER / "reportgen.po").open("rb") as file:
        return read_po(file, locale="zh_CN")


def test_every_message_is_translated_and_none_is_left_over() -> None:
    entries = {str(message.id): message for message in catalogue() if message.id}
    ours = {text for text, message in entries.items() if "of click" not in message.auto_comments}
    assert len(ours) > 200
    assert ours == source_messages()
    assert [text for text, message in entries.items() if not message.string] == []


def test_translations_have_the_same_fields() -> None:
    def fields(text: str) -> set[str]:
        return {field for _text, field, _spec, _conversion in string.Formatter().parse(text) if field}

    compared = 0
    for message in catalogue():
        text = str(message.id)
        if isinstance(message.id, tuple):  # of click: one, and many
            known = set().union(*map(fields, message.id))
            assert set().union(*map(fields, tuple(message.string or ()))) <= known, text
        elif "{" in text and "{% " not in text and "{# " not in text:
            try:
                wanted = fields(text)
            except ValueError:  # braces that are not fields
                continue
            assert fields(str(message.string)) == wanted, text
            compared += 1
    assert compared > 80


def test_translations_are_chinese() -> None:
    translated = [str(message.string) for message in catalogue() if message.id]
    without = [text for text in translated if not re.search(r"[\u4e00-\u9fff]", text)]
    assert [
        text for text in without if re.search("[A-Za-z]", re.sub(r"\{\w+\}", "", text))
    ] == []  # fields alone are fine
    assert len(without) < 6


def test_the_compiled_catalogue_is_up_to_date() -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue())
    assert compiled.getvalue() == (FOLDER / "reportgen.mo").read_bytes(), (
        "run: pybabel compile -D reportgen -d reportgen/locale"
    )
