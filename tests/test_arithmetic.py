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


# each line: a sentence, the figure as it is, and one that its arithmetic rules out
DETERMINED = [
    # the shares of two lines told together, each part with a name of its own: 208 and 312 of 520
    ("受理案件520件，其中民事案件208件，刑事案件312件，分别占总数的40%和{}。", "60%", "66%"),
    ("全年受理520件。城区案件208件、乡村案件312件，分别占总数的{}和60%。", "40%", "46%"),
    # growth stands between the part and its share: 390 of 520
    ("受理520件，同比增长4%。其中咨询390件，同比增长8.1%，环比增长2.2%，较计划增长1%，占总数的{}。", "75%", "57%"),
    # no whole is told, and all shares but one are those of the parts together: 416 + 260 + 124 = 800
    ("咨询类416件，占{}；求助类260件，占32.50%；其他类124件，占15.50%。", "52.00%", "52.30%"),
    # the least of the list has no share: 988 + 411 + 1 = 1400
    ("共接报1400件。其中投诉988件，占{}；举报411件，占29.4%；咨询1件。", "70.6%", "76.0%"),
    # what a bracket adds is not in the way: 748 of 1000
    ("年末常住人口1000万人，其中城镇人口748万人，占常住人口比重（即城镇化率）为{}。", "74.8%", "78.4%"),
    # a part of a budget, not its completion: 906 of 1133
    ("基本支出预算1133万元，其中人员经费906万元，占基本支出预算{}。", "79.96%", "76.99%"),
    # compared with the final accounts: 25.6 of 345.6 - 25.6
    ("本年收入345.6万元，比上年决算数增加25.6万元，增长{}。", "8.0%", "8.6%"),
    # a stock carried over is compared, too: 7.63 of 190.89 + 7.63
    ("上年结转190.89万元，较2020年决算数减少7.63万元，下降{}。", "3.84%", "3.48%"),
    # the year compared with stands in the next group, or behind a comma of its own: 1210 - 1100 = 110
    ("2014年，受理1210件，审结982件，比2013年分别上升{}和9.1%；2013年受理1100件，审结900件。", "10.0%", "16.0%"),
    # a second division of the whole that stands before the first: 395.4 + 1052.9 + 586.5 = 2034.8
    (
        "收入2034.8万元。其中：地方1391.6万元，上划643.2万元。分部门是：国税{}万元，地税1052.9万元，财政586.5万元。",
        "395.4",
        "935.4",
    ),
    # value added is a level: 37.1 + 339.9 + 240.5 = 617.5
    (
        "生产总值617.5亿元。其中，第一产业增加值37.1亿元，第二产业增加值{}亿元，第三产业增加值240.5亿元。",
        "339.9",
        "393.9",
    ),
    # numbered items are one list over full stops: 524 + 31.2 + 65.3 = 620.5
    ("支出620.5万元。其中：（1）补贴524万元。（2）差旅{}万元，用于调查取证。（3）印刷65.3万元。", "31.2", "13.2"),
    # 培训费 and 宣传费 are things, no deeds: 52.4 + 3.1 + 4.2 + 2.3 = 62
    ("支出62万元，其中补贴52.4万元，培训费3.1万元，宣传费{}万元，其他2.3万元。", "4.2", "2.4"),
    ("在编17名，其中行政6名，事业{}名，另有聘用5名。", "11", "14"),
    # what is left of a sum of the sentence before: 502.82 - 429.37 = 73.45
    ("项目资金502.82万元。实际支出{}万元，结余73.45万元。", "429.37", "492.37"),
    # the marks had are summed, not those that may be had: 20 + 19 + 38 + 18.5 = 95.5
    ("自评总分95.5分，其中决策20分，得20分；过程20分，得{}分；产出40分，得38分；效益20分，得18.5分。", "19", "16"),
    ("决策20分，得20分，过程20分，得19分，产出60分，得56.5分，合计{}分。", "95.5", "59.5"),
    # 个百分点 between a rate and the one compared
    ("结案率由上年的95.2%提高到97.5%，提高{}个百分点。", "2.3", "3.2"),
    # two shares of a whole that is not told, one of which holds to four digits: 723 of 723 + 689
    ("男性723人，占{}；女性689人，占48.80%。", "51.20%", "52.10%"),
    ("少年254人，占18.0%；青年894人，占{}；老年264人，占18.7%（其中高龄191人，占13.5%）。", "63.3%", "36.3%"),
    # target and result stand in a bracket behind the rate: 445 of 380, 436 of 382
    ("受理完成率为{}（目标380件，完成445件），结案完成率为114.1%（目标382件，完成436件）。", "117.1%", "171.1%"),
    # the whole of its own group, and none that is right by accident: 10 of 38 in the first
    ("受理刑事案件68件，结案38件；受理行政案件{}件，结案10件，结案率为31.25%。", "32", "38"),
    # quarters make a year, and a day has a mean: 98 + 112 + 116 + 119; 1852 of 248 days
    ("一季度受理98件，二季度{}件，三季度116件，四季度119件，全年共受理445件。", "112", "121"),
    ("全年值班248天，接待群众1852人次，日均接待{}人次。", "7.5", "5.7"),
    # the level stands in the sentence before: 445 - 408 = 37 of 408
    ("受理案件445件。受理案件数较2022年的408件增长{}。", "9.1%", "1.9%"),
    # the rate compared with stands in a bracket, and another is required: 96.0 - 95.4
    ("适用率为96.0%，达到90%的要求，较上月（95.4%）提高{}个百分点。", "0.6", "0.9"),
    # a whole in other units, or in the sentence before: 666 of 895; 388 of 394
    ("接听来电895个，其中转办229件；直办666件，直办率{}。", "74.41%", "74.14%"),
    ("有效诉求394件，无效诉求47件。累计办结388件，协调办理中6件，总体办结率{}。", "98.48%", "98.84%"),
    # one item has a unit of its own: 834 + 137 + 2 = 973
    ("共受理问题973件。其中，电话受理{}件，邮件受理137件，短信受理2条。", "834", "843"),
    # 与2022年408件相比, and 较去年（408件）: 445 - 408 = 37
    ("与2022年408件相比，增加37件，增幅{}。", "9.07%", "9.70%"),
    ("全年受理案件445件，较去年（408件）增长{}。", "9.1%", "1.9%"),
    ("分别培训120人次、96人次、84人次，共{}人次。", "300", "330"),
    ("一季度受理98件、办结85件；二季度受理112件、办结108件。全年受理{}件。", "210", "201"),
    # what 执行 tells is summed by 合计执行, and the marks had by 总得分: 30 + 4.8 + 25.6; 24.5 + 33.5
    ("中央资金30万元，执行30万元；省级5万元，执行{}万元；区级27万元，执行25.6万元。合计执行60.4万元。", "4.8", "1.8"),
    ("过程25分，得24.5分；产出35分，得33.5分；总分60分，得{}分。", "58.0", "50.8"),
    # part, whole and rate each in its group: 11896 of 12562
    ("共收案12562件，上升6.8%；结案11896件，上升7.2%；结案率{}，上升0.4个百分点。", "94.7%", "97.4%"),
    # the last of a list has a list of its own: 10 + 3 = 13
    ("建议共17件。其中：主办12件，协办5件；提案共计13件。其中：主办{}件，协办3件。", "10", "40"),
    # of two sentences, by what announces the parts: 120 + 1033 + 1618 = 2771
    ("决算总额2771万元，下降1.8%。分项情况是：出国费{}万元，增长79.1%；接待费1033万元；用车费1618万元。", "120", "180"),
    # grades with their shares: all 6 + 74 of 80 pass
    ("抽查案卷80卷，其中良好6卷占比7.5%，合格74卷占比92.5%，合格率{}。", "100%", "10%"),
]


@pytest.mark.parametrize(("text", "right", "wrong"), DETERMINED, ids=[text for text, _right, _wrong in DETERMINED])
def test_a_figure_that_the_others_determine(text: str, right: str, wrong: str) -> None:
    units = units_of([("万元",), ("人次", "人"), ("名",)])
    assert disagreements(text.format(right), units) == []
    assert len(disagreements(text.format(wrong), units)) >= 1


@pytest.mark.parametrize("typed", ["spaced", "half-width"])
@pytest.mark.parametrize(("text", "right", "wrong"), DETERMINED, ids=[text for text, _right, _wrong in DETERMINED])
def test_how_a_sentence_is_typed_changes_nothing(text: str, right: str, wrong: str, typed: str) -> None:
    """收案 90 件 and 收案90件, half-width marks and Chinese ones."""
    units = units_of([("万元",), ("人次", "人"), ("名",)])

    def as_typed(text: str) -> str:
        if typed == "spaced":
            return re.sub(r"(?<=[一-鿿])(?=[0-9])|(?<=[0-9%])(?=[一-鿿])", " ", text)
        return text.translate(str.maketrans("，；：（）", ",;:()"))

    assert disagreements(as_typed(text.format(right)), units) == []
    assert len(disagreements(as_typed(text.format(wrong)), units)) >= 1


@pytest.mark.parametrize(
    "text",
    [
        "去年全区受理案件500件，审结480件，同比增长8%。",  # two things of one year, and growth of the one before
        "2016年人均收入33616元，比2012年增加9489元，年均实际增长6.5%。",
        "三年办理3960件，其中2021年1210件、2022年1330件、2023年1420件，年均增长8.3%。",
        "去年出生人口1723万人，死亡人口986万人，自然增长率为5.32‰。",
        "批准逮捕犯罪嫌疑人12.5万人；不捕11.5万人，不捕率48.5%。",  # of those that were asked for
        "老年人口20243万人，占总人口的14.9%，其中高龄老人13161万人，占总人口的9.7%。",  # two shares of one whole
        "一般贸易进出口13.16亿元，增长4%。对邻市进出口3.08亿元，增长5.4%，占进出口总值的15.3%。",  # of another whole
        "各类服务机构4.6万个，其中养老机构42475个，儿童机构803个，救助站1891个。",  # rounded up, or one kind left out
        "普通程序补贴1500元，简易程序补贴1000元，速裁程序补贴800元。",  # rates in hundreds
        "热线24小时值守，20秒接起率95%。",
        "转办214件。其中咨询51件、投诉113件、求助50件。其中网站61件、微信58件。",  # the second is no part of the first
        "受理737件，其中律师办案460件，占62.4%，结案率达82%。",  # 办案 is no 结案
        "受理445件，审结434件，结案率97.5%，同比分别上升9.1%、10.7%和1.2个百分点。",  # of each its own
        "前三季度受理326件，四季度受理119件，全年结案435件。",
        # what stands in two sentences by chance is not held against each other
        "问卷187份。其中男86人，占46.0%；女101人，占54.0%。",
        "热线接听26380人次。收回问卷187份。其中男86人，占46.0%；女101人，占54.0%。",
        "办理诉求6件。完成年度任务380件的117.1%，超额完成65件。",
        "审结案件478件，去年同期为773件，同比下降38.16%。与上季度相比，投诉类环比减少12.35%。",
        "发放贷款159笔。律师办案135件，占90.6%；其他办案14件，占9.4%。",
        "位居前列的是民政类50件。诉求量前几位的分别是：日常服务1412件；交通1155件；环保1055件。",
        "参保1.6万人。新增就业12314人，再就业6650人，困难就业2291人。",
        "提案31件（其中承办27件，协办4件）；其中，承办建议11件；承办提案16件。",  # of what is 承办
        "受理506件，位居前三位的是：交通172件，城建80件，民政50件，占总量的59.68%。",  # of all three
        "共10件，其中民事4件、刑事6件；共12件，其中民事7件、刑事5件。",
        "编制24名；退休28人。“三公”经费支出决算9.6万元，完成预算96%。",  # of a budget that is not told
        "得分95.5分。决策、过程、产出、效益指标分值分别为15分、25分、35分、25分。",  # those that may be had
        "满意率达100%（满意144件，基本满意2件）。",
        "良好4件占比36.36%、合格7件占比63.64%。",
        "省12345指挥平台转办200件，110接警转办30件。",
    ],
)
def test_what_other_figures_do_not_determine(text: str) -> None:
    assert disagreements(text, UNITS) == []


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


PARTIAL = [  # lists of parts that are some of a whole, or overlap: each number is right
    "拨付经费2406.5万元，其中办案补贴1250.3万元、值班补贴640.8万元。",  # others are not named
    "新聘志愿者14名，其中35岁以下9名，本科以上学历12名。",
    "现有工作人员16人，其中党员9人、女性11人。",
    "受训人员240人，其中科级干部43人，女干部91人，45岁以下126人。",
    "共有118人受到表彰，其中先进个人90人、办案能手46人（同时获得两项的18人）。",
    "参评卷宗90卷，其中优秀18卷，良好45卷，有3卷因材料不全被退回。",
    "整改问题38个，其中本年新发现12个、上年结转19个，其余由上级交办。",
    "批准援助412人，提起诉讼1030人，其中起诉劳动争议96人，起诉交通事故308人。",
    "登记争议150件，其中欠薪90件、工伤40件，两类合计130件，占86.7%。",
    "组织志愿者90名，其中律师30名、社工40名、学生20名，男性50名、女性40名。",
]
SHARES = [  # wholes of several parts, or told last: each share is right
    "调解方式结案3804件，其中诉前2310件，诉中1494件，占结案总数8890件的42.8%。",
    "改判36件、发回14件，占审结案件9850件的0.51%。",
    "城关所211件、河口所143件、石桥所97件，合计占全县总量的41.6%。全县总量为1084件。",
    "答复留言100条，其中劳动20条、婚姻25条，合计占45%。",
    "来信、来访、来电分别为386件、274件和198件，占总量的21.0%、14.9%和10.8%。全年总量1836件。",
    "平均办理时间42.6天，缩短5.3天；超期案件3件，占比0.06%。",
]
GROWN = [
    "举办讲座150场，上年120场，增长25%，听众增长8%。",
    "来访27批388人次，批次下降20.6%、人次下降25.5%（上年为34批521人次）。",
    "信访2833件次，其中来信312件次、网上2035件次，同比下降8.8%，去年同期为3108件次。",
    "办结案件874件，受理案件1003件，未办结129件。",
    "接听来电18436次，同比上升13.7%（2022年为16209次）。",
]


@pytest.mark.parametrize("text", [*PARTIAL, *SHARES, *GROWN])
def test_what_is_right_is_silent(text: str) -> None:
    """Kinds of sentences that were false errors; the arithmetic of each was worked out by hand."""
    assert [each.working for each in disagreements(text, UNITS)] == []


@pytest.mark.parametrize(
    ("text", "right", "wrong", "expected"),
    [
        (SHARES[1], "0.51%", "0.57%", "0.51%"),  # 50 ÷ 9850
        (SHARES[2], "41.6%", "46.1%", "41.6%"),  # 451 ÷ 1084
        (SHARES[3], "45%", "47%", "45%"),
        (SHARES[4], "21.0%", "24.0%", "21.0%"),  # 386 ÷ 1836
        (GROWN[1], "25.5%", "22.5%", "25.5%"),  # (521 - 388) ÷ 521
        (GROWN[3], "129件", "126件", "129件"),  # 1003 - 874
        (GROWN[4], "13.7%", "17.3%", "13.7%"),  # (18436 - 16209) ÷ 16209
    ],
)
def test_what_is_wrong_in_such_a_sentence_is_told(text: str, right: str, wrong: str, expected: str) -> None:
    assert [each.expected for each in disagreements(text.replace(right, wrong), UNITS)] == [expected]


@pytest.mark.parametrize(
    ("whole", "certain"),
    [
        ("经费801万元，其中办案402万元、宣传380万元。", True),  # 19 of 801: a fortieth, and less than any part
        ("经费826万元，其中办案402万元、宣传376万元。", False),  # 48 of 826: likely, and not sure
        ("经费950万元，其中办案402万元、宣传380万元。", None),  # 168 of 950: a part is not named
    ],
)
def test_how_far_parts_may_miss_their_whole(whole: str, certain: bool | None) -> None:
    found = [each.certain for each in disagreements(whole, UNITS) if not each.slip]
    assert found == ([] if certain is None else [certain])
