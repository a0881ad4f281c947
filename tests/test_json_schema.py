"""The JSON schemas know what check knows: no key that it refuses, every value that it reads."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from conftest import ROOT
from reportgen.checking.case import Case, Neighbours
from reportgen.checking.completeness import unknown_sections
from reportgen.cli import main
from reportgen.facts.values import read_value
from reportgen.forms.vocabulary import FactKind
from reportgen.helping.frameschema import ROW, meanings
from reportgen.helping.scaffold import MODELINE, Scaffold
from reportgen.helping.schema import INPUT, are_stale, refreshed, schemas
from reportgen.reading import frames
from reportgen.reading.frames import Frame, read_frame
from reportgen.reading.project import find_project
from reportgen.reading.source import parse_source
from reportgen.running.examine import requested_forms
from reportgen.running.library import Library
from reportgen.scoring.scores import unknown_indicators
from reportgen.telling.findings import Finding

SHIPPED = Library(find_project(ROOT), system_fonts=False)
FORMS = [SHIPPED.form(name) for name in SHIPPED.form_names]
PROFILES = sorted(path.stem for path in (ROOT / "templates" / "profiles").glob("*.yaml"))
MADE = schemas(SHIPPED.vocabulary, FORMS, PROFILES)
SCHEMAS = {name: json.loads(data) for name, data in MADE.items()}
INPUTS = sorted(ROOT.glob("inputs/*/*.yaml"))
REFUSED = {"unknown-key", "unknown-fact", "unknown-section"}
TEMPLATES = [
    *(("form.json", path) for path in sorted(ROOT.glob("templates/*/form.yaml"))),
    *(("profile.json", path) for path in sorted(ROOT.glob("templates/profiles/*.yaml"))),
    ("facts.json", ROOT / "templates" / "facts.yaml"),
    ("words.json", ROOT / "templates" / "words.yaml"),
]


def typed(value: Any) -> Any:
    """Return values, all read as text, as an editor reads them (YAML 1.2's core schema)."""
    if isinstance(value, dict):
        return {key: typed(each) for key, each in value.items()}
    if isinstance(value, list):
        return [typed(each) for each in value]
    if value in ("", "true", "false"):
        return {"": None, "true": True, "false": False}[value]
    return float(value) if re.fullmatch(r"[-+]?[0-9]+(\.[0-9]+)?", value) else value


def data_of(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
    return data


def faults(schema: str, data: Any) -> list[str]:
    return [
        f"{list(fault.absolute_path)}: {fault.message}"
        for fault in Draft7Validator(SCHEMAS[schema]).iter_errors(typed(data))
    ]


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.stem)
def test_every_shipped_input_is_valid(path: Path) -> None:
    assert faults(INPUT, data_of(path)) == []


@pytest.mark.parametrize(("schema", "path"), TEMPLATES, ids=lambda given: str(given).removeprefix(str(ROOT)))
def test_every_shipped_template_is_valid(schema: str, path: Path) -> None:
    assert faults(schema, data_of(path)) == []


@pytest.mark.parametrize("name", MADE)
def test_the_schemas_are_schemas_and_the_same_at_every_run(name: str) -> None:
    Draft7Validator.check_schema(SCHEMAS[name])
    again = schemas(SHIPPED.vocabulary, FORMS, reversed(PROFILES))
    assert again[name] == MADE[name]


def test_every_key_of_every_frame_has_a_meaning_and_nothing_else() -> None:
    told = {frame: set(keys) for frame, keys in meanings().items() if frame != ROW}
    made = [each for each in vars(frames).values() if isinstance(each, type) and issubclass(each, Frame)]
    parts = {"Frame", "FormFrame", "FormOfSeveral"}  # of FormFile
    known = {
        each.__name__: {field.alias for field in each.model_fields.values()}
        for each in made
        if each.__name__ not in parts
    }
    assert told == known
    assert all(re.search("[一-鿿]", text) for keys in meanings().values() for text in keys.values())


def test_every_key_that_is_offered_says_what_it_means() -> None:
    mute = [place for name, schema in SCHEMAS.items() for place in without_description(schema, name)]
    assert mute == []


def without_description(schema: Any, place: str) -> Iterator[str]:
    """Yield the keys that nothing is said of, but for those that a rule only refuses."""
    if isinstance(schema, dict):
        for key, below in schema.get("properties", {}).items() if isinstance(schema.get("properties"), dict) else ():
            is_rule = not isinstance(below, dict) or not below.get("type", below.get("$ref"))
            if not is_rule and not below.get("description") and "/if" not in place:
                yield f"{place}/{key}"
        for key, below in schema.items():
            yield from without_description(below, f"{place}/{key}")
    elif isinstance(schema, list):
        for below in schema:
            yield from without_description(below, place)


# --- keys ----------------------------------------------------------------------------------------------------


def places(data: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the place of every group of keys."""
    if isinstance(data, dict):
        yield place
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from places(value, (*place, key))


def at(data: Any, place: tuple[str | int, ...]) -> Any:
    for step in place:
        data = data[step]
    return data


STRANGE = [  # misspelt, from elsewhere in the file, of another form, of the vocabulary
    "受里", "案件", "受理", "评分", "正文", "三级指标", "得分", "完成值", "年度指标值", "评分过程", "分值", "实际", "指标值",
    "主要经验", "情况", "目标完成情况", "自评工作", "表单", "单位", "项目", "补贴明细", "其他", "x",
]  # fmt: skip


def on_keys(path: Path) -> Iterator[Finding]:
    """Yield what check says of the keys of an input, without the rest of its work."""
    facts = SHIPPED.facts(path)
    forms, faults = requested_forms(SHIPPED, facts)
    yield from (*facts.findings, *faults)
    yield from unknown_indicators(facts, forms, lambda: SHIPPED.printed_by)
    neighbours = Neighbours(stem=path.stem, twins=())
    yield from unknown_sections(Case(facts, tuple(forms), (), (), (), neighbours, (), True, lambda: SHIPPED.printed_by))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("schema")
    shutil.copytree(ROOT / "inputs", root / "inputs")
    return root


@settings(max_examples=60, deadline=None)
@given(at_random=st.data())
def test_a_key_that_check_refuses_is_underlined_and_no_other(folder: Path, at_random: st.DataObject) -> None:
    path = at_random.draw(st.sampled_from(INPUTS))
    data = data_of(path)
    place = at_random.draw(st.sampled_from(list(places(data))))
    key = at_random.draw(st.sampled_from(STRANGE))
    if key in at(data, place):
        return
    at(data, place)[key] = "1"
    changed = folder / "inputs" / path.parent.name / path.name
    changed.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    found = {finding.code for finding in on_keys(changed)}
    shutil.copy(path, changed)
    underlined = faults(INPUT, data)
    adds = place[:1] == ("评分",) and "一级指标" in at(data, place)  # only check knows whether a row is an added one
    if found & REFUSED and not adds:
        assert underlined, (path.name, place, key, found)
    if underlined:
        assert found & {*REFUSED, "wrong-shape", "of-another-form", "not-a-number", "wrong-unit"}, (
            place,
            key,
            underlined,
            found,
        )


FRAMES: dict[str, type[Frame]] = {
    "form.json": frames.FormFile, "profile.json": frames.ProfileFile, "facts.json": frames.VocabularyFile,
    "words.json": frames.WordsFile,
}  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(at_random=st.data())
def test_a_key_of_a_template_is_underlined_where_it_is_refused(at_random: st.DataObject) -> None:
    schema, path = at_random.draw(st.sampled_from(TEMPLATES))
    data = data_of(path)
    place = at_random.draw(st.sampled_from(list(places(data))))
    at(data, place)["奇怪"] = at_random.draw(st.sampled_from(["1", ["1"], {"甲": "1"}]))
    frame = frames.FormOfSeveral if isinstance(data.get("附件"), list) else FRAMES[schema]
    heir = data.pop("继承", "")
    source = parse_source(yaml.safe_dump(data, allow_unicode=True).encode(), "f.yaml")
    found = {finding.code for finding in read_frame(source, frame)[1]} - {"missing-key" if heir else ""}
    assert bool(found) is bool(faults(schema, {"继承": heir, **data} if heir else data)), (place, found)


# --- values --------------------------------------------------------------------------------------------------

COUNTED = SHIPPED.vocabulary.facts["案件.受理"]
PAID = SHIPPED.vocabulary.facts["资金.支出"]
SHARE = SHIPPED.vocabulary.facts["案件.结案率"]
RATIO = SHIPPED.vocabulary.facts["案件.万人比"]


def takes(kind: FactKind, text: str) -> bool:
    group, _dot, key = kind.name.partition(".")
    data = {
        "单位": "甲",
        "地区": "乙",
        "年度": "2023",
        "日期": "2024-01-15",
        "报告": ["x"],
        "数据": {group: {key: text}},
    }
    return not [fault for fault in faults(INPUT, data) if fault.startswith("['数据'")]


@settings(max_examples=300, deadline=None)
@given(
    kind=st.sampled_from([COUNTED, PAID, SHARE, RATIO]),
    before=st.sampled_from(["", "约", "近", "不低于", "¥", "人民币", "-", "约¥", " "]),
    number=st.sampled_from(["445", "14,892", "97.5", "0.3", "１２", "七", "一百零五", "1 372", "1 372"]),
    more=st.sampled_from(["", "余", "万", "余万", "万余", "多"]),
    unit=st.sampled_from(["", "件", "宗", "元", "万元", "%", "％", "‰", "件/万人", "件/人", " 件"]),
    after=st.sampled_from(["", "以上", "左右", "整", "余", "多"]),
)
def test_a_value_that_is_read_is_never_underlined(
    kind: FactKind, before: str, number: str, more: str, unit: str, after: str
) -> None:
    text = f"{before}{number}{more}{unit}{after}"
    if read_value(text, kind, lambda code, message, hint: None) is not None:
        assert takes(kind, text), text


@pytest.mark.parametrize(
    ("kind", "text"),
    [(COUNTED, "5人"), (COUNTED, "很多"), (COUNTED, "true"), (PAID, "5件"), (SHARE, "97.5元"), (COUNTED, "见附件1")],
)
def test_a_value_of_another_kind_is_underlined(kind: FactKind, text: str) -> None:
    assert read_value(text, kind, lambda code, message, hint: None) is None
    assert not takes(kind, text)


def test_a_form_offers_its_texts_and_rows_however_it_is_asked_for() -> None:
    form = SHIPPED.form("public-notice")
    for reports in (form.id, form.name, [form.id], [{"表单": form.name}]):
        offered = offers({"报告": reports})
        assert offered == {"正文": ["其他说明"]}
    assert list(offers({"报告": ["self-assessment"]})) == ["评分", "正文"]
    assert offers({}) == {}


def offers(data: dict[str, Any]) -> dict[str, list[str]]:
    """Return what the conditions of the schema add for a file."""
    found: dict[str, list[str]] = {}
    for rule in SCHEMAS[INPUT]["allOf"]:
        if Draft7Validator(rule["if"]).is_valid(data):
            for key, below in rule["then"].get("properties", {}).items():
                if "properties" in below or "properties" in below["items"]:
                    keys = below.get("properties", below.get("items", {}).get("properties", {}))
                    found.setdefault(key, []).extend(name for name, one in keys.items() if one)
    return {key: names for key, names in found.items() if names}


# --- where they lie ------------------------------------------------------------------------------------------


def test_a_new_input_points_to_its_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    monkeypatch.chdir(tmp_path)
    arguments = ["new", "甲中心", "--form", "public-notice", "--year", "2024", "--file", "jia"]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    path = tmp_path / "inputs" / "2024" / "jia.yaml"
    first = path.read_text(encoding="utf-8").split("\n")[0]
    assert first == MODELINE
    assert (path.parent / first.partition("$schema=")[2]).resolve() == tmp_path / ".reportgen" / "schema" / INPUT
    assert (tmp_path / ".reportgen" / "schema" / INPUT).read_bytes() == MADE[INPUT]


@pytest.mark.parametrize("form", SHIPPED.form_names)
def test_in_a_new_input_only_what_must_be_filled_is_underlined(form: str) -> None:
    text = Scaffold("甲中心", 2024, [SHIPPED.form(form)], SHIPPED.vocabulary).text
    assert {fault.split(":")[0] for fault in faults(INPUT, yaml.load(text, yaml.BaseLoader))} == {
        "['地区']",
        "['日期']",
    }


def test_the_schema_command_writes_them_and_a_build_keeps_them_fresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    (tmp_path / "inputs" / "2023").mkdir(parents=True)
    (tmp_path / "inputs" / "2023" / "a.yaml").write_text("单位: 甲\n", encoding="utf-8")  # nothing is built of it
    monkeypatch.chdir(tmp_path)
    project = find_project(tmp_path)
    assert not are_stale(project)  # who has none does not want any
    result = CliRunner().invoke(main, ["schema"])
    assert result.output.split() == [f".reportgen/schema/{name}" for name in MADE]
    assert not are_stale(project)
    facts = tmp_path / "templates" / "facts.yaml"
    facts.write_text(
        facts.read_text(encoding="utf-8").replace(
            "      旁听: {", "      旁听席: {单位: 个, 含义: 旁听席}\n      旁听: {"
        ),
        encoding="utf-8",
    )
    assert are_stale(project)
    CliRunner().invoke(main, ["build", "--no-pdf", "--jobs", "1"])
    assert "旁听席" in (project.schemas / INPUT).read_text(encoding="utf-8")


def test_a_form_with_a_fault_costs_the_others_nothing(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    (tmp_path / "templates" / "public-notice" / "form.yaml").write_text("名称: [\n", encoding="utf-8")
    project = find_project(tmp_path)
    refreshed(Library(project))
    made = json.loads((project.schemas / INPUT).read_text(encoding="utf-8"))
    assert len(made["allOf"]) == len(SCHEMAS[INPUT]["allOf"]) - 1


def test_a_vocabulary_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    (tmp_path / "templates" / "facts.yaml").write_text("组: {甲: {}}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["schema"])
    assert result.exit_code == 1
    assert "templates/facts.yaml:1" in result.output
    assert not (tmp_path / ".reportgen" / "schema").exists()
