"""Makes up centres for measurements: figures that agree with one another, and every text different.

    python tests/bench/centres.py FOLDER [--number 30] [--seed 1]

The model is inputs/2023/nanjing.yaml: one form, a report and its annex, seven pages. FOLDER becomes a project with the
templates of this checkout. The same seed gives the same bytes.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
MODEL = ROOT / "inputs" / "2023" / "nanjing.yaml"
FIRST = (
    "清白青金长安平永兴和云山石松柳桃梅竹江河湖海泉溪龙凤鹤虎文武德仁义礼智信福禄寿康宁泰春夏秋冬东西南北上下新古大光"
)
LAST = "州阳阴城原川江河山岭岗坪坝塘桥湾关沟岩林园庄台亭泉港浦沙滩洲岛陵谷峰岱坡塬寨堡营屯集店铺场坊井"
CLAUSES = ("先在{}街道落实", "由{}镇工作站配合", "{}乡已经照办", "以{}村为试点", "并抄送{}所", "经{}社核对")
FIGURE = re.compile(r"(?<![\d.,])(?:\d{1,3}(?:,\d{3})+|\d{3,})(?![\d.])")  # 14,892, 9139; not 878.50
BUDGET = re.compile(r"全年: [\d.]+, 基本支出: [\d.]+, 项目支出: [\d.]+")


def write_project(folder: Path, number: int, seed: int = 1) -> Path:
    """Write a project with ``number`` centres; return its folder."""
    shutil.copytree(ROOT / "templates", folder / "templates")
    inputs = folder / "inputs" / "2023"
    inputs.mkdir(parents=True)
    for index, text in enumerate(centres(number, seed)):
        (inputs / f"c{index:06}.yaml").write_text(text, encoding="utf-8")
    return folder


def centres(number: int, seed: int) -> Iterator[str]:
    """Yield the texts of ``number`` inputs, each of a city of its own."""
    model, taken = MODEL.read_text(encoding="utf-8"), {"南京"}
    for index in range(number):
        rng = random.Random(f"{seed}/{index}")
        name = "南京"
        while name in taken:
            name = place(rng)
        taken.add(name)
        yield centre(model, name, rng)


def place(rng: random.Random) -> str:
    """Return a name that sounds like that of a place: 清河州."""
    return rng.choice(FIRST) + rng.choice(FIRST) + rng.choice(LAST)


def centre(model: str, name: str, rng: random.Random) -> str:
    """Return the model with another name, other figures, and a clause of its own before every full stop."""
    head, data, scores, prose = re.split(r"(?=^(?:数据|评分|正文):)", model, flags=re.MULTILINE)
    size = rng.uniform(0.5, 2)

    def drawn(text: str) -> str:
        return str(round(int(text.replace(",", "")) * size * rng.uniform(0.98, 1.02)))

    own, project = (Decimal(rng.randint(10_000, 90_000)) / 100 for _each in range(2))
    data = FIGURE.sub(lambda match: drawn(match[0]), data)
    data = BUDGET.sub(f"全年: {own + project}, 基本支出: {own}, 项目支出: {project}", data)
    prose = re.sub("。", lambda _stop: f"，{rng.choice(CLAUSES).format(place(rng))}。", prose)
    return (head + data + scores + prose).replace("南京", name)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--number", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    write_project(options.folder, options.number, options.seed)
