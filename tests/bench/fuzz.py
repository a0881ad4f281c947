"""Check many broken files: no traceback, no file that takes long, no finding without its place. Run by hand:

    python tests/bench/fuzz.py [--files 10000] [--seed 1] [--seconds 60] [--keep FOLDER]

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
LONGEST = 2.0  # seconds of processor time for one file
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


Fault = tuple[str, bytes]  # what went wrong, and the file


def run(job: tuple[int, int, float]) -> tuple[int, list[Fault], Counter[str], float]:
    """Check the files of one job, until ``end`` where there is one; return their number, faults, codes, longest time."""
    seed, count, end = job
    chance, files = random.Random(seed), corpus()
    wrong: list[Fault] = []
    codes: Counter[str] = Counter()
    longest, done = 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "templates", Path(folder) / "templates")
        path = Path(folder) / "inputs" / "2023" / "centre.yaml"
        path.parent.mkdir(parents=True)
        library = Library(find_project(Path(folder)), system_fonts=False)
        for number in range(count):
            if end and time.time() > end:
                break
            done += 1
            data = changed(files, chance)
            path.write_bytes(data)
            start = time.process_time()
            try:
                outcome = check(library, path)
            except Exception:
                wrong.append((f"seed {seed}, file {number}: {traceback.format_exc()}", data))
                continue
            findings, took = outcome.findings, time.process_time() - start
            longest = max(longest, took)
            if took > LONGEST:
                wrong.append((f"seed {seed}, file {number}: {took:.1f} s", data))
            if outcome.traceback:
                wrong.append((f"seed {seed}, file {number}: {outcome.traceback}", data))
            codes.update(finding.code for finding in findings)
            shown = data.decode("utf-8", "replace").count("\n") + data.count(b"\r") + 1
            for finding in findings:
                span = finding.span
                within = 1 <= span.column <= len(span.text) + 1 or not span.text
                if not span.file or not 1 <= span.line <= shown + 50 or not within:
                    wrong.append((f"seed {seed}, file {number}: {finding}", data))
    return done, wrong, codes, longest


def main() -> None:
    """Print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=0, help="as many files as can be checked in this time")
    parser.add_argument("--keep", type=Path, help="where the files are kept on which something went wrong")
    options = parser.parse_args()
    end, many = (time.time() + options.seconds, 10**6) if options.seconds else (0.0, options.files // 20)
    jobs = [(options.seed * 1000 + index, many, end) for index in range(2 if end else 20)]
    total, longest = 0, 0.0
    wrong: list[Fault] = []
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
    print("\n".join(fault for fault, _data in wrong[:10]))
    if options.keep and wrong:
        options.keep.mkdir(parents=True, exist_ok=True)
        for number, (_fault, data) in enumerate(wrong):
            (options.keep / f"{options.seed}-{number}.yaml").write_bytes(data)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
