"""Importing the package is light, and its list of names is whole."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import influencegraph

ROOT = Path(influencegraph.__file__).parent
HEAVY = ("numba", "scipy", "networkx", "pandas", "pyarrow", "llvmlite", "hypothesis")


def modules_after(code, **variables):
    """Return the top modules that a fresh interpreter has loaded after `code`."""
    report = "; import sys; print('\\n'.join({name.split('.')[0] for name in sys.modules}))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT.parent), **variables}
    done = subprocess.run(
        [sys.executable, "-c", code + report], capture_output=True, text=True, timeout=120, env=environment
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_import__loads_nothing_heavy():
    loaded = modules_after("import influencegraph")
    assert "influencegraph" in loaded
    assert not loaded & set(HEAVY)


def test_scoring__loads_numba_and_nothing_else_heavy():
    code = """
import influencegraph
influencegraph.score(influencegraph.FollowerGraph.from_arrays([1, 2], [2, 1]))"""
    assert modules_after(code) & {*HEAVY} <= {"numba", "llvmlite", *modules_after("import numba")}


def test_scoring__of_kernels_compiled_before_loads_no_linear_algebra_and_compiles_others_all_the_same(
    tmp_path,
):
    code = """
import sys
from influencegraph import FollowerGraph, score
score(FollowerGraph.from_arrays([1, 2], [2, 1]))"""
    again = """
assert "scipy.linalg" not in sys.modules
weighted = FollowerGraph.from_arrays([1, 2, 3], [2, 1, 1], [0.5, 2.0, 1.0])
assert score(weighted).reach[2] == 1.0
assert "scipy.linalg" in sys.modules  # numba asks for it to compile"""
    modules_after(code, NUMBA_CACHE_DIR=str(tmp_path))
    modules_after(code + again, NUMBA_CACHE_DIR=str(tmp_path))


def test_import_of_errors_and_names__loads_nothing_heavy():
    code = "import influencegraph; influencegraph.InvalidFollows; dir(influencegraph)"
    assert not modules_after(code) & {*HEAVY, "numpy"}


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_command__help_and_version_load_nothing_heavy(option):
    code = f"""
import contextlib, io
from influencegraph.cli import main
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
    main([{option!r}])
pass"""
    assert not modules_after(code) & {*HEAVY, "numpy"}


def test_all__resolves_is_sorted_and_equals_homes():
    names = influencegraph.__all__
    assert set(names) == {*influencegraph._HOMES, "__version__"}
    assert len(set(names)) == len(names)
    assert names[:-1] == sorted(names[:-1])
    for name in names:
        assert getattr(influencegraph, name) is not None
        assert name in dir(influencegraph)


def test_type_checking_block__lists_the_same_names_from_the_same_homes():
    tree = ast.parse((ROOT / "__init__.py").read_text("utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    assert ast.unparse(block.test) == "TYPE_CHECKING"
    listed = {}
    for node in block.body:
        assert isinstance(node, ast.ImportFrom)
        for alias in node.names:
            assert alias.asname == alias.name
            listed[alias.name] = node.module.removeprefix("influencegraph.")
    assert listed == influencegraph._HOMES


def test_package__an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        influencegraph.nonsense  # noqa: B018


def test_public_names__none_is_hidden_by_a_module_of_the_package():
    modules = {path.stem for path in ROOT.iterdir()}
    assert not modules & set(influencegraph._HOMES)


def test_version__is_the_one_of_pyproject():
    text = (ROOT.parent / "pyproject.toml").read_text("utf-8")
    assert f'version = "{influencegraph.__version__}"' in text
