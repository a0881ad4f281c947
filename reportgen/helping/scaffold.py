"""A centre, its forms and last year's file -> an input with a place for every fact, row and text to fill."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from reportgen.facts.facts import Facts
from reportgen.forms.form import BONUS, DEDUCTION, Form, Indicator
from reportgen.forms.needs import Needs, needs_of, templates_of
from reportgen.forms.vocabulary import FactKind, Vocabulary
from reportgen.numbers.quantity import brief, trimmed
from reportgen.telling.views import width

COLUMN = 30  # where comments begin
LONGEST = 70  # characters of a sentence of the form that are shown
HEADING = re.compile(r"#+\s*(.+)")
SILENT = ("#", "{%", "表:", "图:", "无。")  # lines of a form that tell who writes nothing
VALUE, TAG = re.compile(r"\{\{.*?\}\}"), re.compile(r"\{%.*?%\}")
MODELINE = (
    "# yaml-language-server: $schema=../../.reportgen/schema/input.json"  # from inputs/<year>/ (helping/schema.py)
)
FIELDS = ("评分过程", "完成值")  # of a row that a person writes, where the form prints them


@dataclass(frozen=True)
class Scaffold:
    """What a new input is made from; ``last`` is the file of the year before.

    One with ``figures`` alone is of a year whose report is written already: others compare with it.
    """

    unit: str
    year: int
    forms: Sequence[Form]
    vocabulary: Vocabulary
    last: Facts | None = None
    figures: bool = False
    needs: list[Needs] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.needs.extend(needs_of(form, self.vocabulary) for form in self.forms)

    @property
    def text(self) -> str:
        """The file."""
        more = () if self.figures else (self.rows(), self.texts(), self.reasons())
        parts = (self.head(), self.facts(), *more)
        return "\n\n".join("\n".join(lines) for part in parts if (lines := list(part))) + "\n"

    def head(self) -> Iterator[str]:
        """The keys of the structure."""
        last = self.last.entry if self.last else None
        yield MODELINE
        yield "# 冒号后面填数。“必填”的不能空着；“可算”的空着就自动算，填了就核对；其余有就填，没有就空着或者删掉。"
        if any(need.scored for need in self.needs) and not self.figures:
            yield "# “计分”的用来算得分：没有这个数，也没有据以计算的数，那一行就没有得分。"
        yield "# 填好以后运行 reportgen check，按提示改到没有错误，再运行 reportgen build。"
        yield f"单位: {_typed(self.unit)}"
        if last and last.district:
            yield f"地区: {_typed(last.district)}"
        else:
            yield _line("地区:", "必填，省、市、区县，如 安徽省淮北市烈山区")
        yield f"年度: {self.year}"
        yield _line("日期:", f"必填，报告上的日期，在年度结束以后，如 {self.year + 1}-01-15")
        if any(name == "项目" for form in self.forms for text in templates_of(form) for _at, name in text.names):
            typed = [_typed(line) for line in last.project_lines] if last else []
            kept = typed[0] if len(typed) == 1 else f"[{', '.join(typed)}]"
            yield f"项目: {kept}" if typed else _line("项目:", "必填，项目名称")
        if self.figures:
            yield _line("报告: []", "只有数据，供下一年比较；不生成报告")
        else:
            yield f"报告: [{', '.join(form.id for form in self.forms)}]"

    def facts(self) -> Iterator[str]:
        """数据: a line a fact, with its unit and meaning."""
        wanted = self.wanted()
        group = ""
        for name, kind in self.vocabulary.facts.items():
            if name not in wanted:
                continue
            own, _dot, key = name.partition(".")
            if own != group:
                yield from ["数据:"] if not group else [""]
                group = own
                yield _line(f"  {group}:", self.vocabulary.groups[group])
            yield _line(f"    {key}:", self.remark(name, kind))
        lists = [name for name in self.vocabulary.lists if any(name in need.printed for need in self.needs)]
        for name in lists:
            columns = ",".join(self.vocabulary.lists[name].columns)
            yield f"# 明细: {{{name}: 文件名.csv}}   # 有的才写；第一行写列名 {columns}"

    def wanted(self) -> set[str]:
        """Return the facts that the forms need, score by or print, those behind them, and those of last year."""
        todo = [name for need in self.needs for name in (*need.must, *need.scored, *need.printed)]
        todo += [name for name in (self.last.stated if self.last else ()) if name in self.vocabulary.facts]
        found: set[str] = set()
        while todo:
            name = todo.pop()
            if name in found:
                continue
            if name in self.vocabulary.groups:
                todo += [each for each in self.vocabulary.facts if each.startswith(f"{name}.")]
            if kind := self.vocabulary.facts.get(name):
                found.add(name)
                todo += kind.formula.names if kind.formula and not kind.open else ()
        return found

    def remark(self, name: str, kind: FactKind) -> str:
        """Return the comment on a fact: who needs it, its unit and meaning, and last year's value."""
        must = not self.figures and any(name in need.must for need in self.needs)
        scored = not self.figures and any(name in need.scored for need in self.needs)
        derived = not must and bool(kind.formula) and not kind.open
        words = [word for word, holds in (("必填", must), ("计分", scored), ("可算", derived)) if holds]
        before = self.last.stated.get(name) if self.last else None
        said = f"上年 {brief(before.quantity)}" if before else ""
        return "；".join(filter(None, (*words, f"{kind.unit.symbol}，{kind.meaning}", said)))

    def rows(self) -> Iterator[str]:
        """评分: the rows that a person scores."""
        done: set[str] = set()
        for form, need in zip(self.forms, self.needs, strict=True):
            rows = {row.name: row for row in form.indicators}
            fields = [name for name in FIELDS if form.field(name)]
            for name in need.rows:
                if name in done:
                    continue
                if not done:
                    yield "评分:"
                done.add(name)
                yield f"  - {form.naming}: {_typed(name)}"
                yield _line("    得分:", _range(rows[name]))
                yield from (f"    {key}:" for key in fields if key == "评分过程")

    def texts(self) -> Iterator[str]:
        """正文: the texts, with what the form prints around each."""
        done: set[str] = set()
        for form, need in zip(self.forms, self.needs, strict=True):
            for name in form.sections:
                if name in done:
                    continue
                if not done:
                    yield "正文:                         # 文字写在各行下面，每行前面空四格"
                done.add(name)
                yield from (f"  # {sentence}" for sentence in beside(form, name))
                yield _line(f"  {name}: |", "可以不写" if name in need.optional_texts else "必填")

    def reasons(self) -> Iterator[str]:
        """Last year's 口径说明, as comments."""
        given = self.last.entry.reasons if self.last else {}
        if given:
            yield "# 上年的口径说明；今年还有同样情形的，去掉行首的 # 再写"
            yield "# 口径说明:"
            for name, text in given.items():
                yield f"#   {name}: {' '.join(str(text).split())}"


def beside(form: Form, name: str) -> list[str]:
    """Return what a form prints around a text of the centre's own: the heading above it, and its own sentences."""
    text = form.report.text if form.report else ""
    for block in re.split(r"\n(?=#)", text):
        if re.search(rf"\{{\{{\s*正文\.{re.escape(name)}(?![\w.])", block):
            lines = [line.strip() for line in block.split("\n") if line.strip()]
            heading = [f"标题：{VALUE.sub('…', match[1])}" for line in lines[:1] if (match := HEADING.fullmatch(line))]
            sentences = [line for line in lines if not line.startswith(SILENT) and "正文." not in line]
            own = [TAG.sub("", VALUE.sub("…", line)) for line in sentences]
            shown = [line if len(line) <= LONGEST else line[:LONGEST] + "……" for line in own]
            return [*heading, *(f"表单已有：{line}" for line in shown[:3])]
    return []


def _range(row: Indicator) -> str:
    """Return the comment on a score: the most that it can be, or what comes on top."""
    most = trimmed(row.points)
    if row.beyond == BONUS:
        return f"加分项，最多加 {most} 分；没有就空着"
    if row.beyond == DEDUCTION:
        return f"扣分项，最多扣 {most} 分，写负数，如 -1；没有就空着"
    return f"满分 {most}，扣了分的再写一行“扣分原因:”"


def _line(start: str, comment: str) -> str:
    return f"{start}{' ' * max(1, COLUMN - width(start))}# {comment}"


def _typed(text: str) -> str:
    """Return a text as YAML reads it back."""
    return text if re.fullmatch(r"[一-鿿A-Za-z][\w（）()·—]*", text) else json.dumps(text, ensure_ascii=False)
