"""Check many broken files: no traceback, no file that takes long, no finding without its place. Run by hand:

    python tests/bench/fuzz.py [--files 10000] [--seed 1]

Each file is an input of the repository or a case of tests/suite, with one to six changes: a line taken out, doubled or
moved, a piece of another file put in, characters of YAML, of Jinja, of Chinese punctuation and bytes that are no text.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from multiprocessing import Pool
from pathlib import Path

from reportgen.reading.project import find_project
from reportgen.running.build import check
from reportgen.running.library import Library

ROOT = Path(__file__).resolve().parent.parent.parent
LONGEST = 5.0  # seconds for one file
PIECES = [
    *(
        "：",
        "，",
        "　",
        "\t",
        "\r\n",
        ":",
        ": ",
        "- ",
        "{",
        "}",
        "[",
        "]",
        '"',
        "'",
        "|",
        ">",
        "#",
        " #",
        "&a ",
        "*a",
        "!t ",
    ),
    *(
        "%",
        "@",
        "{{",
        "}}",
        "{{ 案件.受理 }}",
        "{{ 案件.受里 }}",
        "{% if ",
        "{% for x in 评分 %}",
        "{% endfor %}",
        "{#",
        "**",
    ),
    *(
        "| 甲 | 乙 |\n|---|---|\n",
        "# ",
        "1. ",
        "其中",
        "占",
        "，即",
        "共",
        "445件",
        "97.5%",
        "3000余",
        "约",
        "－",
        "〔2020〕10号",
    ),
    *(
        "\u200b",
        "\ufeff",
        "\u2028",
        "⽤",
        "\x00",
        "𠮷",
        "😀",
        "<w:t>",
        "&amp;",
        "\\",
        "\\n",
        "1" * 40,
        "（",
        "“",
        "0123",
        "1:30",
    ),
    *(
        "数据:",
        "评分:",
        "正文:",
        "口径说明:",
        "下辖: [a]",
        "报告: [self-assessment]",
        "年度: 1999",
        "日期: 2024-02-30",
        "得分: 101",
    ),
]


def corpus() -> list[bytes]:
    """Return the files that are changed."""
    paths = [*(ROOT / "inputs").rglob("*.yaml"), *(ROOT / "tests" / "suite").rglob("*.yaml")]
    return [path.read_bytes() for path in sorted(paths)]


def changed(files: list[bytes], chance: random.Random) -> bytes:
    """Return one of the files with one to six changes."""
    data = chance.choice(files)
    for _number in range(chance.randint(1, 6)):
        lines = data.split(b"\n")
        at = chance.randrange(len(lines))
        match chance.randrange(8):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, chance.choice(lines))
            case 2:
                lines.insert(chance.randrange(len(lines)), lines.pop(at))
            case 3:
                lines[at] = b" " * chance.randint(0, 9) + lines[at].lstrip()
            case 4:
                other = chance.choice(files).split(b"\n")
                start = chance.randrange(len(other))
                lines[at:at] = other[start : start + chance.randint(1, 8)]
            case 5:
                place = chance.randrange(len(lines[at]) + 1)
                lines[at] = lines[at][:place] + bytes([chance.randrange(256)]) + lines[at][place:]
            case _:
                text = lines[at].decode("utf-8", "ignore")
                place = chance.randrange(len(text) + 1)
                lines[at] = (text[:place] + chance.choice(PIECES) + text[place + chance.randint(0, 3) :]).encode()
        data = b"\n".join(lines) or b"\n"
    return data


def run(job: tuple[int, int]) -> tuple[int, list[str], Counter[str], float]:
    """Check the files of one job; return their number, what went wrong, the codes, and the longest time."""
    seed, count = job
    chance, files = random.Random(seed), corpus()
    wrong: list[str] = []
    codes: Counter[str] = Counter()
    longest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "templates", Path(folder) / "templates")
        path = Path(folder) / "inputs" / "2023" / "centre.yaml"
        path.parent.mkdir(parents=True)
        library = Library(find_project(Path(folder)), system_fonts=False)
        for number in range(count):
            data = changed(files, chance)
            path.write_bytes(data)
            start = time.perf_counter()
            try:
                findings = check(library, path).findings
            except Exception:
                wrong.append(f"seed {seed}, file {number}: {traceback.format_exc()}")
                continue
            longest = max(longest, time.perf_counter() - start)
            codes.update(finding.code for finding in findings)
            shown = data.decode("utf-8", "replace").count("\n") + data.count(b"\r") + 1
            for finding in findings:
                if not finding.span.file or not 1 <= finding.span.line <= shown + 50 or finding.span.column < 1:
                    wrong.append(f"seed {seed}, file {number}: {finding}")
    return count, wrong, codes, longest


def main() -> None:
    """Print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    jobs = [(options.seed * 1000 + index, options.files // 20) for index in range(20)]
    total, longest = 0, 0.0
    wrong: list[str] = []
    codes: Counter[str] = Counter()
    start = time.perf_counter()
    with Pool(2) as pool:
        for count, faults, seen, slowest in pool.imap_unordered(run, jobs):
            total += count
            wrong += faults
            codes += seen
            longest = max(longest, slowest)
    print(
        f"{total} files in {time.perf_counter() - start:.0f} s, the longest {longest:.2f} s; {len(codes)} kinds of finding"
    )
    print("\n".join(wrong[:10]))
    sys.exit(1 if wrong or longest > LONGEST else 0)


if __name__ == "__main__":
    main()
