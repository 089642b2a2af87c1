"""The house rules that a test can hold."""

import ast
import re
from pathlib import Path

import pytest

import influencegraph

ROOT = Path(influencegraph.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
each_file = pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(ROOT)) for path in FILES])

LINES_MAX = 400
BODY_MAX = 50


def functions(path):
    tree = ast.parse(path.read_text("utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@each_file
def test_file__is_short(path):
    assert len(path.read_text("utf-8").splitlines()) < LINES_MAX


@each_file
def test_function_bodies__are_short(path):
    for node in functions(path):
        body = node.body[1:] if ast.get_docstring(node) is not None else node.body
        if body:
            length = body[-1].end_lineno - body[0].lineno + 1
            assert length <= BODY_MAX, f"{path}:{node.lineno}: {node.name} has {length} lines"


@each_file
def test_public_things__have_docstrings(path):
    tree = ast.parse(path.read_text("utf-8"))
    assert ast.get_docstring(tree), path

    def check(node):
        for child in node.body:
            if not isinstance(child, ast.FunctionDef | ast.ClassDef) or child.name.startswith("_"):
                continue
            if any("overload" in ast.unparse(each) for each in child.decorator_list):
                continue
            assert ast.get_docstring(child), f"{path}:{child.lineno}: {child.name} has no docstring"
            if isinstance(child, ast.ClassDef):
                check(child)

    check(tree)


@each_file
def test_exemptions__name_their_rule_and_their_reason(path):
    in_kernels = path.parent.name == "kernels"
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if "# noqa" in line:
            assert re.search(r"# noqa: [A-Z]+\d+(,[A-Z]+\d+)* - \S+", line), f"{path}:{number}"
        if "# type: ignore" in line:
            ignore = re.search(r"# type: ignore\[([a-z-]+(, ?[a-z-]+)*)\](.*)", line)
            assert ignore, f"{path}:{number}"
            untyped_kernel = in_kernels and ignore[1] == "no-untyped-def"
            assert untyped_kernel or re.search(r"# \S+", ignore[3]), f"{path}:{number}"


@each_file
def test_files__leave_nothing_for_later(path):
    assert not re.search(r"\b(TODO|FIXME|XXX|HACK)\b", path.read_text("utf-8"))


def test_methods__each_has_a_page_and_a_file():
    assert list(influencegraph.METHODS) == [
        "reach", "pagerank", "followers", "one_way_followers", "trustrank", "tunkrank", "hitting_time",
        "collusionrank", "tweepcred", "leaderrank", "articlerank", "hits", "salsa",
    ]  # fmt: skip
    for name in influencegraph.METHODS:
        assert (ROOT / "methods" / f"{name}.py").is_file()
        assert (ROOT.parent / "docs" / "methods" / f"{name}.md").is_file()
