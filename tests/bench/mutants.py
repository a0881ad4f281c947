"""Change the code in one place, and see whether a test notices. Run by hand:

    python tests/bench/mutants.py [--number 40] [--seed 1]

Comparisons, constants, and/or and conditions of checking, scoring, facts and numbers, each in a copy of the tree.
"""

from __future__ import annotations

import argparse
import ast
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = ("checking", "scoring", "facts", "numbers")
SUITE = ("suite", "checks")
TESTS = {  # those that look at a folder, the quick ones first
    "numbers": ("quantity", "numerals", "formula", "language", "facts", *SUITE),
    "facts": ("facts", "wording", *SUITE, "kin", "samples", "sources"),
    "scoring": ("targets", "scores", "profiles", "self_assessment", *SUITE, "samples"),
    "checking": (*SUITE, "statements", "leftovers", "passages", "kin", "finished", "self_assessment", "samples"),
}
SWAPS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


def places(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield what can be changed: the number of a node in the walk, and how."""
    for index, node in enumerate(ast.walk(tree)):
        if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPS:
            yield index, "comparison"
        elif isinstance(node, ast.Constant) and type(node.value) is int:
            yield index, "constant"
        elif isinstance(node, ast.BoolOp):
            yield index, "and/or"
        elif isinstance(node, ast.If | ast.IfExp):
            yield index, "condition"


def changed(text: str, index: int) -> tuple[str, int]:
    """Return the module with one node changed, and the line of it."""
    tree = ast.parse(text)
    node = list(ast.walk(tree))[index]
    match node:
        case ast.Compare():
            node.ops[0] = SWAPS[type(node.ops[0])]()
        case ast.Constant(value=int(value)):
            node.value = value + 1
        case ast.BoolOp():
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case ast.If() | ast.IfExp():
            node.test = ast.UnaryOp(ast.Not(), node.test)
    return ast.unparse(ast.fix_missing_locations(tree)), getattr(node, "lineno", 0)


def tried(job: tuple[Path, int, str]) -> tuple[bool, str]:
    """Change one place in a copy of the tree; return whether a test noticed, and what was changed."""
    path, index, kind = job
    text = path.read_text(encoding="utf-8")
    new, line = changed(text, index)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv*", ".tools", "outputs", "__pycache__"))
        (copy / path.relative_to(ROOT)).write_text(new, encoding="utf-8")
        tests = [f"tests/test_{name}.py" for name in TESTS[path.parent.name]]
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
        try:
            noticed = subprocess.run(command, cwd=copy, capture_output=True, timeout=200, check=False).returncode != 0
        except subprocess.TimeoutExpired:
            noticed = True
    return noticed, f"{path.relative_to(ROOT)}:{line}: {kind}: {text.splitlines()[line - 1].strip()}"


def main() -> None:
    """Print which changes no test noticed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--number", type=int, default=40)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    chance = random.Random(options.seed)
    modules = [path for folder in FOLDERS for path in sorted((ROOT / "reportgen" / folder).glob("[a-z]*.py"))]
    every = [(path, *place) for path in modules for place in places(ast.parse(path.read_text(encoding="utf-8")))]
    print(f"seed {options.seed}; {len(every)} places", flush=True)
    killed = 0
    with ThreadPoolExecutor(2) as pool:
        for noticed, what in pool.map(tried, chance.sample(every, options.number)):
            killed += noticed
            print(f"{'killed' if noticed else 'SURVIVED'} {what}", flush=True)
    print(f"{killed} of {options.number} killed")


if __name__ == "__main__":
    main()
