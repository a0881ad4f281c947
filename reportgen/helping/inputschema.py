"""Vocabulary and forms -> the JSON schema of an input: what may stand in it, and what it means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from reportgen.forms.form import Form
from reportgen.forms.vocabulary import OTHER, YES, FactKind, ListKind, Vocabulary
from reportgen.helping.frameschema import NOTHING, ROW, TEXT, VALUE, Schema, meanings, of_file, of_keys
from reportgen.helping.scaffold import beside
from reportgen.numbers.numerals import AFTER, BEFORE
from reportgen.numbers.quantity import MAGNITUDES, trimmed
from reportgen.reading.frames import InputFile
from reportgen.reading.keys import ADDED, DEPTHS, FACTS, FOR_FORM, PROSE, REASONS_KEY, ROWS, STATED

REPORTS, FORM, PROFILE, CHOICE, OWN = "报告", "表单", "评分口径", "指标", "自定"
POINTS = "分值"
REASON = "reason"  # among the definitions
# What may stand before and after a number (facts/values.py): ¥, 人民币, 约, a sign; 余, 以上, 整.
BEFORE_NUMBER = rf"^\s*(?:[¥￥]\s*|人民币\s*|(?:{BEFORE})\s*)*[-+－＋−]?"
FIGURES = r"[0-9０-９零〇一二两三四五六七八九十百千万亿,，.．\s余多]+"
AFTER_UNIT = rf"[余多]?(?:{AFTER})?[整正]?\s*$"
SPECIAL = re.compile(r"[.^$*+?()\[\]{}|\\/]")  # what a pattern of JavaScript must escape, and nothing else
ANY, PERCENT = "any", "percent"  # among the definitions: a value in whatever unit, and a bare number or one in %
SUM = r"^\s*="  # check judges what is worked out in place
NOT_A_VALUE = "写数，可以带单位{units}：445、14,892、62万元、97.5%、3000余、约400"
NOT_A_TEXT = "所选的表单都没有这段文字，见 reportgen forms"
NOT_A_KEY = "评分的行里没有这一项"


def of_input(vocabulary: Vocabulary, forms: Sequence[Form], profiles: Sequence[str]) -> Schema:
    """Return the schema of an input. What depends on the forms under 报告 follows them as they are typed."""
    schema = of_file(InputFile)
    own: dict[str, Schema] = {
        "年度": {"type": ["integer", "string"], "minimum": 2000, "maximum": 2099, "pattern": "^20[0-9]{2}$"},
        "日期": {
            "type": "string",
            "pattern": r"^[0-9０-９]{4}[-/.年－．][0-9０-９]{1,2}[-/.月－．][0-9０-９]{1,2}日?$",
        },
        REPORTS: _or_list(_report(forms, profiles)),
        FACTS: _facts(vocabulary, forms),
        "明细": {
            "anyOf": [{"type": "object", "properties": _lists(vocabulary), "additionalProperties": False}, NOTHING]
        },
        ROWS: {"anyOf": [{"type": "array", "items": _row(forms)}, NOTHING]},
        PROSE: {"anyOf": [_texts(forms), NOTHING]},
        REASONS_KEY: {"anyOf": [_reasons(vocabulary, forms), NOTHING]},
    }
    for key, rule in own.items():
        schema["properties"][key] = {"description": schema["properties"][key]["description"], **rule}
    for key in ("单位", "地区"):
        schema["properties"][key] |= VALUE
    reason = {"anyOf": [TEXT, {"type": "object", "additionalProperties": TEXT}]}
    schema["definitions"] = {**values(vocabulary), REASON: reason}
    schema["required"] = [key for key in schema["required"] if key != FACTS]
    summing = {"required": ["汇总"], "properties": {"汇总": {"const": YES}}}
    facts = {"if": {"not": summing}, "then": {"required": [FACTS]}}
    return {**schema, "allOf": [*map(_offers, forms), *_closed(forms), facts]}


def _or_list(entry: Schema) -> Schema:
    return {"anyOf": [{"type": "array", "items": entry}, entry]}


def _report(forms: Sequence[Form], profiles: Sequence[str]) -> Schema:
    """One entry of 报告: a form by its folder or its name, or with a choice."""
    told = {name: form.name if name == form.id else form.id for form in forms for name in (form.id, form.name)}
    form = {"enum": list(told), "enumDescriptions": list(told.values())}
    keys = of_keys((FORM, PROFILE, CHOICE))
    properties = {
        FORM: {"description": keys[FORM]["description"], **form},
        PROFILE: {**keys[PROFILE], "examples": list(profiles)},
        CHOICE: {"description": keys[CHOICE]["description"], "enum": [OWN]},
    }
    choice = {"type": "object", "properties": properties, "required": [FORM], "additionalProperties": False}
    return {"anyOf": [form, choice]}


def _facts(vocabulary: Vocabulary, forms: Sequence[Form]) -> Schema:
    """数据: every group with its facts, and 其他 with whatever there is."""
    groups: dict[str, Schema] = {
        name: {"type": "object", "description": meaning, "properties": {}, "additionalProperties": False}
        for name, meaning in vocabulary.groups.items()
    }
    for name, kind in vocabulary.facts.items():
        group, _dot, key = name.partition(".")
        needing = [form.name for form in forms if name in form.needed]
        groups[group]["properties"][key] = {"description": told(kind, needing), **_value(kind)}
    free = {"type": "object", "additionalProperties": _value(None)}
    groups[OTHER] = {
        "type": "object",
        "description": "词汇表里没有的：名称和带单位的数，如 微电影: 1部",
        "additionalProperties": {"anyOf": [_value(None), free]},
    }
    return {"type": "object", "properties": groups, "additionalProperties": False}


def told(kind: FactKind, needing: Iterable[str] = ()) -> str:
    """Return what an editor shows of a fact: unit and meaning, how it is worked out, and the forms that need it."""
    lines = [f"{kind.unit.symbol}，{kind.meaning}"]
    if kind.formula:
        lines.append(f"可以不填，自动算：{kind.formula.text}")
    if kind.synonyms:
        lines.append(f"单位也写作 {'、'.join(kind.synonyms)}")
    if names := "、".join(needing):
        lines.append(f"必填：{names}")
    return "\n\n".join(lines)


def _value(kind: FactKind | None) -> Schema:
    """Return what can be typed for a fact or a column, by its unit; without a kind, in whatever unit."""
    return {"$ref": f"#/definitions/{_words(kind)}"}


def _words(kind: FactKind | None) -> str:
    """Return the words for the unit of a fact, as a name among the definitions: 件、宗、起, or 元 for 万元."""
    if kind is None or "/" in kind.unit.symbol:  # a ratio of things is written in many ways
        return ANY
    if kind.unit.is_percent or not kind.unit.symbol:
        return PERCENT
    words = (symbol.lstrip("".join(MAGNITUDES)) or symbol for symbol in (kind.unit.symbol, *kind.synonyms))
    return "、".join(dict.fromkeys(words))


def values(vocabulary: Vocabulary) -> dict[str, Schema]:
    """Return what can be typed in each unit; it never refuses what facts/values.py reads."""
    columns = (column for kind in vocabulary.lists.values() for column in kind.columns.values())
    names = {ANY, PERCENT, *(_words(kind) for kind in (*vocabulary.facts.values(), *columns) if kind)}
    return {
        name: {
            "type": ["number", "string", "null"],
            "pattern": f"{SUM}|{BEFORE_NUMBER}{FIGURES}{_either(name)}{AFTER_UNIT}",
            "patternErrorMessage": NOT_A_VALUE.format(units="" if name in (ANY, PERCENT) else f"（{name}）"),
        }
        for name in sorted(names)
    }


def _either(name: str) -> str:
    """Return the pattern of a unit: one of its words, or none."""
    words = "|".join(SPECIAL.sub(r"\\\g<0>", word) for word in name.split("、"))
    return {ANY: ".*?", PERCENT: "[%％‰]?"}.get(name, f"(?:{words})?")


def _lists(vocabulary: Vocabulary) -> Schema:
    return {
        name: {
            "description": f"{kind.meaning}；各列：{'，'.join(kind.columns)}",
            "anyOf": [{"type": "array", "items": _columns(kind)}, TEXT],
        }
        for name, kind in vocabulary.lists.items()
    }


def _columns(kind: ListKind) -> Schema:
    columns = {
        key: {"description": told(column), **_value(column)} if column else {"description": "文字", **TEXT}
        for key, column in kind.columns.items()
    }
    if kind.parts:
        whole = f"“{kind.parts.total}”的分项"
        columns[kind.parts.column] = {"description": whole, "enum": [*kind.parts.facts, None]}
    return {"type": "object", "properties": columns, "additionalProperties": False}


def _row(forms: Sequence[Form]) -> Schema:
    """One row of 评分, as any form can have it."""
    columns = [name for form in forms for name in _fields(form)]
    names = dict.fromkeys((*DEPTHS, *STATED, *ADDED, *columns))
    own = [key for key in ADDED if key != POINTS]
    properties = of_keys((*DEPTHS, *STATED, *ADDED))
    for level in DEPTHS:
        properties[level] |= VALUE
    return {
        "type": "object",
        "properties": properties,
        "anyOf": [{"required": [level]} for level in DEPTHS[1:]],  # the deepest names it
        "dependencies": {key: [DEPTHS[0]] for key in own},  # these are for a row that the centre adds
        "allOf": [{"propertyNames": {"enum": list(names), "errorMessage": NOT_A_KEY}}, *map(_for_one, forms)],
    }


def _fields(form: Form) -> list[str]:
    """Return the columns of a form that a centre may state."""
    return [name for name in form.columns if form.field(name)]


def _for_one(form: Form) -> Schema:
    """A row that says which form it is for has that form's columns."""
    names = list(dict.fromkeys((*DEPTHS[: form.depth], *STATED, *ADDED, *_fields(form))))
    only = {"required": [FOR_FORM], "properties": {FOR_FORM: {"const": form.id}}}
    return {"if": only, "then": {"propertyNames": {"enum": names, "errorMessage": NOT_A_KEY}}}


def _texts(forms: Sequence[Form]) -> Schema:
    """正文: texts that some form prints; each form offers its own."""
    names = dict.fromkeys(name for form in forms for name in form.sections)
    known = {"propertyNames": {"enum": list(names), "errorMessage": NOT_A_TEXT}}
    return {"type": "object", "additionalProperties": TEXT, "allOf": [known]}


def _reasons(vocabulary: Vocabulary, forms: Sequence[Form]) -> Schema:
    """口径说明: by a fact, a text (and a figure in it) or a row."""
    about = {name: told(kind) for name, kind in vocabulary.facts.items()}
    about |= {f"{PROSE}.{name}": f"文字“{name}”里的数" for form in forms for name in form.sections}
    about |= {f"{ROWS}.{row.name}": f"评分的行“{row.name}”" for form in forms for row in form.indicators}
    reason = {"$ref": f"#/definitions/{REASON}"}
    properties = {name: {"description": meaning, **reason} for name, meaning in about.items()}
    return {"type": "object", "properties": properties, "additionalProperties": reason}


# --- what follows the forms ----------------------------------------------------------------------------------


def _asking(*entries: Schema) -> Schema:
    """Return the condition that 报告 has one of ``entries``, alone or in its list."""
    either = {"anyOf": list(entries)}
    return {"required": [REPORTS], "properties": {REPORTS: {"anyOf": [either, {"type": "array", "contains": either}]}}}


def _asking_for(forms: Iterable[Form]) -> Schema:
    """Return the condition that one of ``forms`` is asked for, by its folder or its name."""
    names = {"enum": list(dict.fromkeys(name for form in forms for name in (form.id, form.name)))}
    return _asking(names, {"type": "object", "required": [FORM], "properties": {FORM: names}})


def _offers(form: Form) -> Schema:
    """Where a form is asked for, its texts, rows and columns are offered."""
    names = [row.name for row in form.indicators]
    points = [f"{form.name}，满分 {trimmed(row.points)}" if row.points else form.name for row in form.indicators]
    known = {"enum": names, "enumDescriptions": points}
    levels = DEPTHS[: form.depth]
    columns = {name: {"description": _column(form, name)} for name in _fields(form) if name not in (*levels, *STATED)}
    meaning = {"description": meanings()[ROW][levels[-1]]}
    own = {"type": "string"}  # a row of the centre's own
    row = {"properties": {levels[-1]: {**meaning, "anyOf": [known, own]}, **columns}}
    texts = {
        name: {"description": "\n\n".join([f"{form.name}：{name}", *beside(form, name)])} for name in form.sections
    }
    offered: Schema = {}
    if form.columns:
        offered[ROWS] = {"items": row}
    if texts:
        offered[PROSE] = {"properties": texts}
    return {"if": _asking_for([form]), "then": {"properties": offered}}


def _column(form: Form, name: str) -> str:
    field = form.field(name)
    return meanings()[ROW].get(field, f"{form.name}的列“{name}”")


def _closed(forms: Sequence[Form]) -> Iterator[Schema]:
    """Refuse what no form that is asked for has: a column of another form, points where the form's alone count."""
    columns = dict.fromkeys(name for form in forms for name in _fields(form) if name not in (*DEPTHS, *STATED, *ADDED))
    for name in columns:
        owners = [form for form in forms if form.field(name)]
        yield {"if": {"not": _asking_for(owners)}, "then": _in_rows({"properties": {name: False}})}
    chosen = {"type": "object", "required": [CHOICE], "properties": {CHOICE: {"const": OWN}}}
    adjustable = [_asking_for(form for form in forms if form.adjustable), _asking(chosen)]
    added = {"required": [DEPTHS[0]]}  # a row of the centre's own
    fixed = {"if": {"not": added}, "then": {"properties": {POINTS: False}}}
    yield {"if": {"not": {"anyOf": adjustable}}, "then": _in_rows(fixed)}


def _in_rows(rule: Schema) -> Schema:
    return {"properties": {ROWS: {"items": rule}}}
