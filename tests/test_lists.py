"""明细 in an input or a CSV file beside it, the centres under 下辖 as a list, and annexes that print them."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import BOUND, HEAD, ROOT, write_input
from reportgen.forms.vocabulary import read_vocabulary
from reportgen.reading.project import Project
from reportgen.running.build import build
from reportgen.running.examine import Examined, examine
from reportgen.running.library import Library
from reportgen.running.outcome import Options
from reportgen.running.strays import strays
from reportgen.telling.findings import Finding, ReportError
from reportgen.writing.blocks import Grid

FORM = """\
名称: 明细测试
标题: [某报告]
附件:
  - {名称: 各地情况表, 标题: [各地情况表], 布局: districts.md, 仅当: 下辖}
  - {名称: 补贴表, 标题: [补贴表], 布局: subsidies.md, 仅当: 补贴明细}
"""
SUBSIDIES = """\
列宽: 12 60 24 32 28
表头: 1
| 序号 | 类别 | 件数 | 标准 | 金额 |
{% for 项 in 补贴明细 %}
| {{ loop.index }} | {{ 项.类别 }} | {{ 项.件数 }} | {{ 项.标准|default('—') }} | {{ 项.金额|default('—') }} |
{% endfor %}
| 合计 | < | {{ 补贴明细.件数|sum }} | — | {{ 补贴明细.金额|sum }} |
"""
DISTRICTS = """\
列宽: 100 28 28
| 单位 | 受理 | 办结 |
{% for 区 in 下辖 %}
| {{ 区.单位 }} | {{ 区.案件.受理 }} | {{ 区.案件.办结|default('—') }} |
{% endfor %}
| 合计 | {{ 下辖.案件.受理 }} | {{ 下辖.案件.办结|default('—') }} |
"""
TYPED = """\
明细:
  补贴明细:
    - {类别: 民事, 件数: 50, 标准: 1200}
    - {类别: 刑事, 件数: 84件, 标准: 1500元/件, 金额: 126000}
"""


@pytest.fixture
def listing(project: Project) -> Project:
    folder = project.templates / "listing"
    folder.mkdir()
    (folder / "form.yaml").write_text(FORM, encoding="utf-8")
    (folder / "report.md").write_text("# 情况\n\n见《{{ 附件 }}》。\n", encoding="utf-8")
    (folder / "subsidies.md").write_text(SUBSIDIES, encoding="utf-8")
    (folder / "districts.md").write_text(DISTRICTS, encoding="utf-8")
    return project


def examined(project: Project, more: str) -> Examined:
    path = write_input(project, HEAD.replace("[plain]", "[listing]") + more)
    return examine(Library(project, system_fonts=False), path)


def told(case: Examined) -> list[Finding]:
    return [finding for finding in case.findings if finding.severity != "note"]


def rows(case: Examined, number: int = 0) -> list[list[str]]:
    ((_form, written),) = case.written
    (grid,) = [block for block in written.annexes[number].blocks if isinstance(block, Grid)]
    return [[cell.text for cell in row] for row in grid.rows]


WANTED = [
    ["序号", "类别", "件数", "标准", "金额"],
    ["1", "民事", "50", "1200", "60000"],  # 50 × 1200
    ["2", "刑事", "84", "1500", "126000"],
    ["合计", "134", "—", "186000"],
]


def test_rows_typed_in_the_input_are_printed_and_summed(listing: Project) -> None:
    """The amount of the first row is worked out; 1.26 × 10⁵ of the second is 84 × 1500."""
    case = examined(listing, "数据: {用途: {案件补贴: 18.6}}\n" + TYPED)
    assert told(case) == []
    assert rows(case) == WANTED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_csv_file_is_read_as_excel_saves_it(listing: Project, encoding: str, end: str) -> None:
    lines = ["类别,件数,标准,金额", "民事,50,1200,", '"刑事",84件,"1,500",126000', ",,,"]
    (listing.inputs / "2023" / "list.csv").write_bytes(end.join(lines).encode(encoding))
    case = examined(listing, "数据: {用途: {案件补贴: 18.6}}\n明细: {补贴明细: list.csv}\n")
    assert [finding.code for finding in told(case)] in ([], ["byte-order-mark"])
    assert [[text.replace(",", "") for text in row] for row in rows(case)] == WANTED
    assert list(strays(listing)) == []


@pytest.mark.parametrize("unit", ["（万元）", "(万元)", " （单位：万元）"])
def test_a_heading_gives_the_unit_of_its_column(listing: Project, unit: str) -> None:
    """As lists of Excel have it; a unit behind a number goes before: 6 and 12.6 万元 are 60,000 and 126,000 元."""
    lines = [f"类别,件数（件）,标准,金额{unit}", "民事,50,1200,6.00", '刑事,84,"1,500",126000元']
    (listing.inputs / "2023" / "list.csv").write_text("\n".join(lines), encoding="utf-8")
    case = examined(listing, "数据: {用途: {案件补贴: 18.6}}\n明细: {补贴明细: list.csv}\n")
    assert told(case) == []
    amounts = [row["金额"] for row in case.facts.lists["补贴明细"]]
    assert [amount.low for amount in amounts] == [60000, 126000]


@pytest.mark.parametrize(
    ("heading", "code", "message"),
    [
        ("金额（次）", "wrong-unit", "the column “金额” cannot be in 次"),
        ("金额（元）（万元）", "unknown-key", "no column “金额（元）（万元）”"),
        ("金颔（万元）", "unknown-key", "no column “金颔（万元）”"),
        ("金额（2024）", "wrong-unit", "the column “金额” cannot be in 2024"),  # no unit: 60000 is not 600002024
        ("金额（）", "unknown-key", "no column “金额（）”"),
        ("金额（余）", "wrong-unit", "the column “金额” cannot be in 余"),
        ("金额（0）", "wrong-unit", "the column “金额” cannot be in 0"),
        ("标准（元/件）", "duplicate-key", "the column “标准” stands twice"),
    ],
)
def test_a_heading_with_another_unit_is_told_once(listing: Project, heading: str, code: str, message: str) -> None:
    amounts = ("1200", "1500") if heading.startswith("标准") else ("60000", "126000")
    lines = [f"类别,件数,标准,{heading}", f"民事,50,1200,{amounts[0]}", f"刑事,84,1500,{amounts[1]}"]
    (listing.inputs / "2023" / "list.csv").write_text("\n".join(lines), encoding="utf-8")
    (found,) = told(examined(listing, "数据: {用途: {案件补贴: 18.6}}\n明细: {补贴明细: list.csv}\n"))
    assert (found.code, found.span.line, found.span.column) == (code, 1, 10)
    assert message in found.message


@pytest.mark.parametrize(
    ("typed", "low", "high"),
    [("6", 60000, 60000), ("６", 60000, 60000), ("6万元", 60000, 60000), ("60000元", 60000, 60000),
     ("0.06亿元", 6000000, 6000000), ("6余", 60000, None), ("约6", None, None)],
)  # fmt: skip
def test_every_number_without_a_unit_is_in_that_of_its_heading(
    listing: Project, typed: str, low: int | None, high: int | None
) -> None:
    """However it is typed: about 6 is about 60,000 元."""
    path = listing.inputs / "2023" / "list.csv"
    path.write_text(f"类别,件数,标准,金额（万元）\n民事,50,1200,{typed}\n", encoding="utf-8")
    case = examined(listing, "数据: {案件: {受理: 999}}\n明细: {补贴明细: list.csv}\n")
    (row,) = case.facts.lists["补贴明细"]
    amount = row["金额"]
    assert amount.low == low if low else 54000 <= amount.low < 60000
    assert amount.high == high if high else 60000 < amount.high <= 70000


def test_a_heading_is_read_in_time_that_grows_with_it(listing: Project) -> None:
    path = listing.inputs / "2023" / "list.csv"
    path.write_text(f"类别,件数,标准（{' ' * 50_000}元/件\n民事,50,1200\n", encoding="utf-8")
    found = told(examined(listing, "数据: {用途: {案件补贴: 6}}\n明细: {补贴明细: list.csv}\n"))
    assert "unknown-key" in [finding.code for finding in found]


def test_what_is_not_exact_gives_no_product(listing: Project) -> None:
    (listing.inputs / "2023" / "list.csv").write_text("类别,件数,标准\n民事,50,2000以上\n", encoding="utf-8")
    found = told(examined(listing, "数据: {案件: {受理: 999}}\n明细: {补贴明细: list.csv}\n"))
    assert ("bad-value", 2, 7) in [(each.code, each.span.line, each.span.column) for each in found]


def test_a_heading_of_texts_has_no_unit(listing: Project) -> None:
    (listing.inputs / "2023" / "list.csv").write_text("类别（件）,件数,标准\n民事,50,1200\n", encoding="utf-8")
    found = told(examined(listing, "数据: {用途: {案件补贴: 6}}\n明细: {补贴明细: list.csv}\n"))
    assert [finding.code for finding in found][:2] == ["unknown-key", "missing-key"]


def test_a_list_that_nobody_names_is_told(listing: Project) -> None:
    (listing.inputs / "2023" / "list.csv").write_text("类别\n", encoding="utf-8")
    examined(listing, "数据: {案件: {受理: 1}}\n")
    assert [outcome.findings[0].message for outcome in strays(listing)] == ["it is not read: no input names it"]


def test_the_sum_of_a_list_is_held_against_the_facts(listing: Project) -> None:
    (found,) = told(examined(listing, "数据: {用途: {案件补贴: 18.7}}\n" + TYPED))
    assert found.code == "total-mismatch"
    assert "186000" in found.message


@pytest.mark.parametrize(
    ("line", "code", "place", "hint"),
    [
        ("民事,五十,1200", "not-a-number", (2, 4), ""),
        ("民事,50,1200次", "wrong-unit", (2, 7), ""),
        ("民事,５０,1200", "full-width-number", (2, 4), "type 50"),
        ("民事,50.5,1200", "bad-value", (2, 4), "whole number"),
        ("民事,-50,1200", "negative", (2, 4), ""),
        ("民事,50,1200,多", "wrong-shape", (2, 12), "quotes"),
        ('"民事,50,1200', "wrong-shape", (2, 1), "next line"),
        ("民事13800000000,50,1200", "personal-data", (2, 1), "case numbers"),
        ("11010119900101123X,50,1200", "personal-data", (2, 1), "case numbers"),
    ],
)
def test_a_fault_in_a_csv_file_is_placed_by_line_and_column(
    listing: Project, line: str, code: str, place: tuple[int, int], hint: str
) -> None:
    (listing.inputs / "2023" / "list.csv").write_text(f"类别,件数,标准\n{line}\n", encoding="utf-8")
    found = told(examined(listing, "明细: {补贴明细: list.csv}\n数据: {案件: {受理: 999}}\n"))
    assert [(each.code, each.span.file) for each in found[:1]] == [(code, "inputs/2023/list.csv")]
    assert (found[0].span.line, found[0].span.column) == place
    assert hint in found[0].hint


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("明细: {补贴明细: nowhere.csv}", "file-unreadable", "no file “nowhere.csv”"),
        ("明细: {补贴明细: ../secret.csv}", "bad-value", "is no CSV file beside the input"),
        ("明细: {补贴明细: /etc/passwd}", "bad-value", "is no CSV file beside the input"),
        ("明细: {补帖明细: [{类别: 甲}]}", "unknown-fact", "no list “补帖明细”"),
        ("明细: {补贴明细: [{类型: 甲, 件数: 1}]}", "unknown-key", "no column “类型”"),
        ("明细: {补贴明细: [{类别: 甲, 件数: 2, 标准: 100, 金额: 300}]}", "ratio-mismatch", "give 200元"),
    ],
)
def test_what_cannot_be_a_list_is_told(listing: Project, text: str, code: str, message: str) -> None:
    found = told(examined(listing, f"{text}\n数据: {{案件: {{受理: 999}}}}\n"))
    assert [(each.code, message in each.message) for each in found if each.code == code] == [(code, True)]
    assert all(each.span.text for each in found)  # where a line of the input says it


def test_a_missing_column_and_too_many_rows_are_told(listing: Project) -> None:
    path = listing.inputs / "2023" / "list.csv"
    path.write_text("类别,标准\n民事,1200\n", encoding="utf-8")
    text = "明细: {补贴明细: list.csv}\n数据: {案件: {受理: 1}}\n"
    assert "the column “件数” is missing" in told(examined(listing, text))[0].message
    path.write_text("类别,件数,标准\n" + "民事,1,1\n" * 2001, encoding="utf-8")
    assert [each.code for each in told(examined(listing, text))] == ["file-too-large"]


def test_a_list_outside_the_folder_is_not_read_through_a_link(listing: Project, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("类别,件数,标准\n甲,1,1\n", encoding="utf-8")
    (listing.inputs / "2023" / "list.csv").symlink_to(tmp_path / "secret.csv")
    found = told(examined(listing, "明细: {补贴明细: list.csv}\n数据: {案件: {受理: 999}}\n"))
    assert [each.code for each in found] == ["file-unreadable"]


FUNDS = """\
明细:
  资金明细:
    - {资金名称: 中央政法转移支付, 来源: 中央, 到位: 24, 支出: 20.5}
    - {资金名称: 彩票公益金, 来源: 中央, 到位: 8}
    - {资金名称: 区财政配套, 来源: 区级配套, 到位: 20万元, 支出: 20}
  支出明细:
    - {支出内容: 民事案件补贴, 用途: 案件补贴, 预算: 30, 执行: 25}
    - {支出内容: 刑事案件补贴, 用途: 案件补贴, 执行: 15}
    - {支出内容: 宣传册, 用途: 宣传, 预算: 2, 执行: 1.5}
"""


def test_rows_of_funds_and_of_spending_make_up_the_facts(listing: Project) -> None:
    """24 + 8 = 32 of 中央, with 20 of 区级配套 52; 25 + 15 = 40 of 补贴, with 1.5 of 宣传 41.5."""
    case = examined(listing, "数据: {案件: {受理: 1}}\n" + FUNDS)
    assert told(case) == []
    derived = {
        "资金.中央": "32", "资金.区级配套": "20", "资金.到位": "52",
        "用途.案件补贴": "40", "用途.补贴": "40", "资金.支出": "41.5",
    }  # fmt: skip
    assert {name: str(case.facts.value(name)) for name in derived} == derived


def test_a_part_with_a_row_without_an_amount_is_not_known(listing: Project) -> None:
    case = examined(listing, "数据: {资金: {中央: 30}}\n" + FUNDS.replace("到位: 8", "支出: 8"))
    assert told(case) == []
    assert case.facts.value("资金.到位") == case.facts.value("资金.中央") + case.facts.value("资金.区级配套")  # type: ignore[operator]


def test_a_part_stated_otherwise_is_told_once_with_what_the_rows_make_up(listing: Project) -> None:
    (found,) = told(examined(listing, "数据: {资金: {中央: 23}}\n" + FUNDS))
    assert (found.code, found.stated, found.expected) == ("total-mismatch", "23万元", "32万元")


@pytest.mark.parametrize("layout", ["funds", "spending"])
def test_the_tables_of_funds_and_of_spending_are_printed(listing: Project, layout: str) -> None:
    name = {"funds": "资金明细", "spending": "支出明细"}[layout]
    form = FORM.partition("附件")[0] + f"附件: {{名称: 表, 标题: [表], 布局: {layout}.md, 仅当: {name}}}\n"
    (listing.templates / "listing" / "form.yaml").write_text(form, encoding="utf-8")
    (listing.templates / "listing" / f"{layout}.md").write_bytes(
        (ROOT / "templates" / "house" / f"{layout}.md").read_bytes()
    )
    case = examined(listing, "数据: {案件: {受理: 1}}\n" + FUNDS)
    assert told(case) == []
    assert (
        rows(case)[1:]
        == {
            "funds": [
                ["1", "中央政法转移支付", "中央", "24.00", "20.50", "3.50"],
                ["2", "彩票公益金", "中央", "8.00", "—", "—"],
                ["3", "区财政配套", "区级配套", "20.00", "20.00", "0.00"],
                ["合计", "52.00", "40.50", "3.50"],
            ],
            "spending": [
                ["1", "民事案件补贴", "案件补贴", "30.00", "25.00", "83.33%"],
                ["2", "刑事案件补贴", "案件补贴", "—", "15.00", "—"],
                ["3", "宣传册", "宣传", "2.00", "1.50", "75.00%"],
                ["合计", "32.00", "41.50", "—"],
            ],
        }[layout]
    )


def district(project: Project, name: str, facts: str) -> None:
    text = HEAD.replace("测试中心", f"{name}中心").replace("某市", f"某市{name}") + f"数据: {{案件: {facts}}}\n"
    write_input(project, text, {"甲区": "jia", "乙区": "yi"}[name])


def test_the_centres_of_a_city_are_a_list_and_their_sums(listing: Project) -> None:
    district(listing, "甲区", "{受理: 20, 办结: 18}")
    district(listing, "乙区", "{受理: 15}")
    case = examined(listing, "下辖: [jia, yi]\n数据: {案件: {受理: 35, 上年结转: 99}}\n" + TYPED)
    assert told(case) == []
    assert rows(case) == [
        ["单位", "受理", "办结"], ["甲区中心", "20", "18"], ["乙区中心", "15", "—"], ["合计", "35", "—"],
    ]  # fmt: skip
    ((_form, written),) = case.written
    assert [annex.label for annex in written.annexes] == ["附件1", "附件2"]
    assert written.report.attachments == ("各地情况表", "补贴表")


def test_a_row_without_a_value_that_is_printed_is_told(listing: Project) -> None:
    district(listing, "甲区", "{办结: 18}")
    found = told(examined(listing, "下辖: [jia]\n数据: {案件: {办结: 18}}\n"))
    assert ["“区.案件.受理” has no value in one of the rows" in each.message for each in found] == [True]


def test_annexes_are_files_of_their_own_and_one_keeps_its_name(listing: Project) -> None:
    district(listing, "甲区", "{受理: 20, 办结: 18}")
    path = write_input(
        listing, HEAD.replace("[plain]", "[listing]") + "下辖: [jia]\n数据: {案件: {受理: 20, 办结: 18}}\n"
    )
    outcome = build(Library(listing, system_fonts=False), path, Options())
    assert not outcome.failed, outcome.findings
    folder = listing.outputs / "2023" / "centre" / "listing"
    assert sorted(file.name for file in folder.iterdir()) == BOUND
    write_input(listing, path.read_text(encoding="utf-8") + TYPED)
    assert not build(Library(listing, system_fonts=False), path, Options()).failed
    assert {"annex-1.docx", "annex-2.pdf"} <= {file.name for file in folder.iterdir()}


@pytest.mark.parametrize(
    ("form", "more", "name"),
    [
        ("project-evaluation", TYPED, "法律援助案件补贴发放明细表"),
        ("department-overall", "下辖: [jia]\n", "各地法律援助案件情况表"),
    ],
)
def test_the_shipped_forms_print_their_lists_where_they_are_given(
    project: Project, form: str, more: str, name: str
) -> None:
    """Without them each has its scoring annex alone."""
    district(project, "甲区", "{受理: 20, 办结: 18}")
    for text, names in (("", []), (more, [name])):
        facts = "数据: {用途: {案件补贴: 18.6}, 案件: {受理: 20, 办结: 18}}\n"
        path = write_input(project, HEAD.replace("[plain]", f"[{form}]") + facts + text)
        ((_form, written),) = examine(Library(project, system_fonts=False), path).written
        assert [annex.title[-1] for annex in written.annexes[1:]] == names
        assert written.annexes[0].label == ("附件1" if names else "附件")


def test_a_layout_is_that_of_the_form_or_else_that_of_the_house(listing: Project) -> None:
    own = listing.templates / "listing" / "subsidies.md"
    assert rows(examined(listing, TYPED))[0][1] == "类别"  # as in SUBSIDIES
    own.unlink()
    assert rows(examined(listing, TYPED))[0][1] == "案件类别"  # as in templates/house/subsidies.md


def test_an_annex_of_the_form_is_never_that_of_the_house(listing: Project) -> None:
    """annex.md is taken unnamed: one in the house would lay out the annexes of all forms."""
    (listing.templates / "house" / "annex.md").write_text(SUBSIDIES, encoding="utf-8")
    form = FORM.split("附件:")[0] + "附件: {名称: 表, 标题: [表], 列: [{名称: 三级指标}]}\n指标: [{三级指标: 甲}]\n"
    (listing.templates / "listing" / "form.yaml").write_text(form, encoding="utf-8")
    annex = Library(listing, system_fonts=False).form("listing").annex
    assert annex is not None
    assert annex.layout is None


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("归入: {列: 来源,", "归入: {列: 支出,", "“支出” is no column of text"),
        ("总数: 资金.到位, 数", "总数: 资金.中央, 数", "“资金.中央” is no fact that is a sum"),
        ("总数: 资金.到位, 数: 到位", "总数: 资金.到位, 数: 来源", "“来源” is no column in 万元"),
        ("要求: 支出 <= 到位}", "要求: 支出 <= 到帐}", "there is no column “到帐”"),
        ("要求: 支出 <= 到位}", "要求: 支出 <}", "the tag cannot be read"),
    ],
)
def test_what_a_list_says_of_its_rows_is_checked(project: Project, right: str, wrong: str, message: str) -> None:
    path = project.templates / "facts.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(ReportError) as caught:
        read_vocabulary(path, "templates/facts.yaml")
    assert message in caught.value.findings[0].message


def test_a_reason_that_explains_nothing_is_printed_in_no_annex(listing: Project) -> None:
    (listing.templates / "listing" / "districts.md").write_text(
        "列宽: 60 96\n| 事实 | 理由 |\n{% for 项 in 口径说明 %}\n| {{ 项.事实 }} | {{ 项.理由 }} |\n{% endfor %}\n",
        encoding="utf-8",
    )
    district(listing, "甲区", "{受理: 20, 办结: 18}")
    reasons = "口径说明: {机构.在编: 年末借调一人, 案件.受理: 含转办}\n"
    facts = "数据: {案件: {受理: 20, 上年结转: 114, 办结: 18}, 机构: {编制: 15, 在编: 16}}\n"
    case = examined(listing, f"下辖: [jia]\n{facts}{reasons}{TYPED}")
    assert [(each.code, each.about.name) for each in told(case)] == [("explains-nothing", "案件.受理")]
    assert rows(case) == [["事实", "理由"], ["机构在编", "年末借调一人"]]
    assert rows(case, 1)[-1] == ["合计", "134", "—", "186000"]  # 50 × 1200 + 84 × 1500
