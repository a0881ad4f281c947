"""Running text is read as arithmetic: every cue by its example, with the row and without it."""

from __future__ import annotations

import copy
import re
from types import SimpleNamespace
from typing import Any, cast

import pytest

from reportgen.arithmetic import cues as module
from reportgen.arithmetic.cues import FILE, cues
from reportgen.arithmetic.numbers import numbers
from reportgen.arithmetic.readings import disagreements
from reportgen.arithmetic.units import units_of
from reportgen.reading.source import read_source

DATA = cast(dict[str, Any], read_source(FILE, FILE.name).data)
ROWS = [
    (section, index, row)
    for section, rows in DATA.items()
    for index, row in enumerate(rows if isinstance(rows, list) else [rows])
]
IDS = [f"{section}-{row.get('name', row.get('class', index))}" for section, index, row in ROWS]


def as_read(row: dict[str, str]) -> bool:
    """Whether the example of a row is read as the row says."""
    example, wanted, units = row["example"], row["reads"], units_of([("件", "宗"), ("万元",), ("人次", "人")])
    found = numbers(example, units)
    if wanted == "no number":
        return not found
    if wanted == "nothing":
        return disagreements(example, units) == []
    if re.fullmatch(r"\S+ [a-z]+", wanted):
        return wanted in {f"{example[number.start : number.end]} {number.role}" for number in found}
    return wanted in [each.working for each in disagreements(example, units)]


@pytest.mark.parametrize("row", [row for _section, _index, row in ROWS], ids=IDS)
def test_every_cue_reads_its_example(row: dict[str, str]) -> None:
    assert as_read(row)


@pytest.mark.parametrize(("section", "index", "row"), ROWS, ids=IDS)
def test_without_its_cue_the_example_is_read_otherwise(
    monkeypatch: pytest.MonkeyPatch, section: str, index: int, row: dict[str, str]
) -> None:
    """A row that changes nothing is none."""
    data = copy.deepcopy(DATA)
    if isinstance(data[section], list):
        del data[section][index]
    else:
        data[section]["words"] = ["无此单位"]
    monkeypatch.setattr(module, "read_source", lambda *_args: SimpleNamespace(data=data))
    cues.cache_clear()
    try:
        assert not as_read(row)
    finally:
        cues.cache_clear()


def test_the_plan_of_expenditure_is_no_plan_of_income() -> None:
    """Both are often told, and are equal: 3790.5 ÷ 3840.2 is 98.71 %, 3730.5 ÷ 3840.2 is 97.14 %."""
    units = units_of([("万元",)])
    text = "财政拨款收入总计3790.5万元，支出总计{}万元。财政拨款支出年初预算数3840.2万元，完成年初预算的98.71%。"
    assert disagreements(text.format("3790.5"), units) == []
    assert [found.kind for found in disagreements(text.format("3730.5"), units)] == ["completion"]


UNITS = units_of([("件", "宗"), ("万元",), ("人次", "人"), ("个",)])


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("全年共调解各类民间纠纷29 757件。", ["29757"]),
        ("共有4\u3000598个调解委员会，其中规范化的3\u00a0457个", ["4598", "3457"]),
        ("支出1 234 567.89元", ["1234567.89"]),
        ("编号 10 100 200", ["10", "100", "200"]),  # no unit behind it: a row of numbers
        ("得分9.5 100分", ["9.5", "100"]),
        ("2023 445件", ["2023", "445"]),
        ("共4 59件", ["4", "59"]),
    ],
)
def test_thousands_may_be_set_apart_by_spaces(text: str, digits: list[str]) -> None:
    assert [number.digits for number in numbers(text, UNITS)] == digits


def test_a_list_with_spaced_thousands_is_summed() -> None:
    """Seen in a yearbook: 5,068 + 5,551 + 19,138 = 29,757."""
    text = "全年共调解各类纠纷29 757件。其中，司法助理员调解5 068件，服务所调解5 551件，调委会调解19 138件。"
    assert disagreements(text, UNITS) == []
    assert len(disagreements(text.replace("19 138", "19 183"), UNITS)) == 1


def test_what_is_compared_after_a_list_may_be_its_whole() -> None:
    """Seen in a budget: 830 of 3,328 + 830 is 20 %, and 3,328 stands two sentences before."""
    text = "经费预算为3328万元。其中，出国费50万元，接待费478万元，用车费2800万元。比2018年减少830万元，下降20%。"
    assert disagreements(text, UNITS) == []
    assert len(disagreements(text.replace("20%", "12%"), UNITS)) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "共受理案件292件。其中：刑事案件141件，逮捕41件；起诉99件；延押1件；上诉0件。",
            0,
        ),  # the rest stands further on
        ("共受理案件292件。其中：刑事案件142件，逮捕41件；起诉99件；延押1件；上诉0件。", 1),
        ("共受理案件200件，其中刑事案件141件，逮捕41件，起诉100件，民事案件59件。", 0),
    ],
)
def test_the_first_of_a_list_may_be_the_whole_of_the_others(text: str, told: int) -> None:
    """Seen in a prosecutor's office's figures: 141 = 41 + 99 + 1, and the other kinds stand in paragraphs of their own."""
    assert len(disagreements(text, UNITS)) == told


def test_shares_of_all_parts_are_right_where_their_whole_is_wrong() -> None:
    """Seen in a hotline's month: eight shares of the 195,532 that the parts make up, and a whole of 284,406."""
    text = "共受理诉求400件。其中，咨询类150件，占50%；求助类90件，占30%；建议类60件，占20%。"
    found = disagreements(text, UNITS)
    assert [each.working for each in found] == ["150件 + 90件 + 60件 = 300件"]
    (slip,) = disagreements(text.replace("400件", "300件").replace("占30%", "占31%"), UNITS)
    assert slip.expected == "30%"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("共办理案件4714件，其中办理刑事案件2401件，占案件受理总数的50.93%。", []),
        ("共办理案件4714件，其中办理刑事案件2401件，占案件受理总数的58.93%。", ["50.93%"]),
        ("共办理案件4714件，其中办理刑事案件2401件，占全省同类的58.93%。", []),  # of another whole
        ("受理案件100件，其中民事案件60件，占全国案件的30%。", []),
    ],
)
def test_a_whole_that_is_half_named_is_told_where_one_slip_explains_it(text: str, expected: list[str]) -> None:
    assert [each.expected for each in disagreements(text, UNITS)] == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("从类型看，咨询类占77.18%，投诉类占12.50%，求助类占10.32%。", []),
        ("从类型看，咨询类占78.18%，投诉类占12.50%，求助类占10.32%。", ["78.18% + 12.50% + 10.32% = 101%"]),
        ("民事占33%，刑事占33%，其余占33%。", []),  # each is rounded
        ("民事占33%，刑事占35%，其余占33%。", []),
        ("民事占33%，刑事占36%，其余占33%。", ["33% + 36% + 33% = 102%"]),
        ("受援人中，农民工占45%，妇女占30%，老年人占20%，残疾人占12%。", []),  # one may be several of these
        ("按受援人分，农民工占45.2%，妇女占30.1%，老年人占20.3%，残疾人占12.5%。", []),
        ("民事占70%，其中劳动争议占20%，其他占12%。", []),
        ("民事占全国的70%，刑事占全省的20%，其他占本市的12%。", []),  # of several wholes
        ("上年民事占60.10%，本年民事占62.20%，刑事占31.70%等。", []),
    ],
)
def test_shares_of_what_has_no_number_make_a_hundred(text: str, told: list[str]) -> None:
    assert [each.working for each in disagreements(text, UNITS)] == told


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("知晓率由上年的95%提高到97.5%，提高3.5个百分点。", ["difference"]),  # 97.5 - 95 = 2.5
        ("知晓率由上年的95%提高到98%，提高2.8个百分点。", []),  # 95.3 and 98.1, rounded
        ("投诉率由8.5%下降到6.2%，下降2.3个百分点。", []),
        ("答复留言200条，其中劳动120条、婚姻80条，分别占60%和45%。", ["share"]),  # 80 ÷ 200 = 40%
        ("答复留言200条，其中劳动120条、婚姻80条，分别占60%和40%。", []),
        ("咨询者中男性占60%，女性占45%。", ["hundred"]),
        ("咨询者中男性占60%，女性农民工占12%。", []),  # not all women
        ("培训支出85万元，控制在预算80万元以内。", ["bound"]),
        ("培训支出80万元，控制在预算80万元以内。", []),
        ("补贴支出41万元，控制在每件1200元以内。", []),  # no budget of it
        ("知晓率90%，不低于年度目标90%。", []),
    ],
)
def test_what_a_figure_is_held_against(text: str, kinds: list[str]) -> None:
    assert [found.kind for found in disagreements(text, UNITS)] == kinds
