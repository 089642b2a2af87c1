"""Who may import whom (docs: the floors of the house). Written by hand; a change here is a decision."""

import ast
from pathlib import Path

import pytest

import influencegraph

ROOT = Path(influencegraph.__file__).parent

# Of one floor, a room may import those named before it with which an arrow joins it.
FLOORS = {
    "errors": 0,
    "sums": 0,
    "memory": 1,
    "moments": 1,
    "settings": 1,
    "kernels": 1,
    "labels": 1,
    "columns": 1,
    "numbering": 1,
    "build_report": 1,
    "csr": 1,
    "columnar": 1,
    "intervals": 1,
    "graph": 1,
    "build": 1,
    "layers": 1,
    "ghosts": 1,
    "events": 1,
    "scale": 1,
    "redaction": 1,
    "later": 1,
    "propagation": 1,
    "scores": 1,
    "worth": 2,
    "engagement": 2,
    "launch": 2,
    "layouts": 2,
    "solvers": 2,
    "methods": 2,
    "attention": 2,
    "push": 2,
    "local": 3,
    "earned": 3,
    "unfollow": 3,
    "advice": 3,
    "bounds": 3,
    "batch": 2,
    "scored": 2,
    "cohorts": 2,
    "explain": 3,
    "compare": 3,
    "simulate": 2,
    "edits": 3,
    "whatif": 3,
    "attacks": 3,
    "audits": 3,
    "lab": 3,
    "linking": 2,
    "audiences": 3,
    "io": 4,
    "cli": 4,
    "demo": 4,
    "warm_up": 4,
    "testing": 4,
    "__main__": 4,
    "__init__": 4,
}
ARROWS = {
    "labels": {"kernels"},
    "csr": {"kernels"},
    "graph": {"labels", "build_report", "csr"},
    "columns": {"kernels", "labels"},
    "numbering": {"kernels", "labels", "columns"},
    "build": {"kernels", "labels", "columns", "numbering", "graph", "build_report", "csr"},
    "settings": {"moments"},
    "layers": {"kernels", "columns", "graph", "csr", "settings", "moments"},
    "ghosts": {"kernels", "graph", "layers"},
    "events": {"build", "build_report", "ghosts", "graph", "moments", "numbering", "settings"},
    "scale": {"settings"},
    "redaction": {"labels"},
    "propagation": {"later"},
    "scores": {
        "settings",
        "scale",
        "labels",
        "graph",
        "propagation",
        "redaction",
        "csr",
        "later",
        "columnar",
    },
    "engagement": {"worth"},
    "solvers": {"worth", "engagement", "launch", "layouts"},
    "methods": {"worth", "launch", "solvers"},
    "attention": {"solvers"},
    "push": {"attention"},
    "unfollow": {"edits"},
    "advice": {"earned", "unfollow"},
    "bounds": {"edits"},
    "batch": {"methods", "solvers"},
    "whatif": {"edits"},
    "attacks": {"edits"},
    "lab": {"attacks", "bounds"},
    "scored": {"attention", "solvers"},
    "compare": {"explain"},
    "cli": {"io", "demo", "warm_up", "__init__"},
    "demo": {"io"},
    "warm_up": {"io"},
    "testing": {"io"},
    "__main__": {"cli"},
}
# Methods that import their room when called, and belong to a lower floor than it.
FACES = {
    ("graph", "from_arrays"),
    ("graph", "from_scipy"),
    ("graph", "from_networkx"),
    ("graph", "from_events"),
    ("graph", "to_scipy"),
    ("graph", "to_networkx"),
    ("graph", "__repr__"),
    ("graph", "save"),
    ("graph", "load"),
    ("graph", "link"),
    ("graph", "with_layer"),
    ("scores", "to_csv"),
    ("scores", "to_tsv"),
    ("scores", "to_parquet"),
    ("scores", "to_npz"),
    ("scores", "save"),
    ("scores", "load"),
    ("scores", "__repr__"),
    ("scores", "_repr_html_"),
    ("methods", "show_progress"),
    ("methods", "score"),
    ("columnar", "to_pandas"),
    ("audiences", "__str__"),
    ("audiences", "__repr__"),
    ("audits", "__str__"),
    ("audits", "__repr__"),
    ("local", "__repr__"),
    ("earned", "__repr__"),
    ("advice", "__str__"),
    ("explain", "__repr__"),
    ("compare", "__repr__"),
    ("compare", "__str__"),
    ("lab", "to_csv"),
    ("lab", "__repr__"),
    ("lab", "__str__"),
    ("lab", "show_progress"),
}
DOOR_PACKAGES = {"networkx", "pandas", "pyarrow", "hypothesis", "igraph", "polars", "matplotlib"}
FORBIDDEN = {
    "pickle", "marshal", "shelve", "yaml", "xml", "subprocess", "socket", "urllib", "http", "ssl", "ctypes",
}  # fmt: skip
WORLD = {"os", "time", "datetime", "random", "io", "tempfile", "pathlib", "shutil"}
CONSTRUCTORS = {"default_rng", "Generator", "SeedSequence"}

FILES = sorted(ROOT.rglob("*.py"))
each_file = pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(ROOT)) for path in FILES])


def room_of(path):
    first = path.relative_to(ROOT).parts[0]
    return first.removesuffix(".py")


def imports(path):
    """Yield (module, function around it or None, whether only type checkers see it, line)."""

    def visit(node, function, typing_only):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                for alias in child.names:
                    yield alias.name, function, typing_only, child.lineno
            elif isinstance(child, ast.ImportFrom):
                assert not child.level, f"{path}:{child.lineno} is a relative import"
                if child.module == "influencegraph":
                    for alias in child.names:
                        yield f"influencegraph.{alias.name}", function, typing_only, child.lineno
                else:
                    yield child.module, function, typing_only, child.lineno
            elif isinstance(child, ast.FunctionDef):
                yield from visit(child, child.name, typing_only)
            elif isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
                yield from visit(child, function, True)
            else:
                yield from visit(child, function, typing_only)

    yield from visit(ast.parse(path.read_text("utf-8")), None, False)


def is_allowed(room, other):
    return room == other or FLOORS[other] < FLOORS[room] or other in ARROWS.get(room, ())


def room_imported(module):
    name = module.split(".")[1]
    return name if name in FLOORS else "__init__"  # a name of the package itself, such as __version__


@each_file
def test_imports__point_down_or_along_an_arrow(path):
    room = room_of(path)
    for module, function, typing_only, line in imports(path):
        if not module.startswith("influencegraph.") or room == "__init__" or typing_only:
            continue
        other = room_imported(module)
        if not is_allowed(room, other):
            assert (room, function) in FACES, f"{path}:{line}: {room} imports {other}"


def test_faces__list_only_functions_that_are_one():
    found = {
        (room_of(path), function)
        for path in FILES
        for module, function, typing_only, _ in imports(path)
        if module.startswith("influencegraph.")
        and room_of(path) != "__init__"
        and not typing_only
        and not is_allowed(room_of(path), room_imported(module))
    }
    assert found == FACES


@each_file
def test_foreign_packages__enter_by_their_own_door(path):
    room = room_of(path)
    for module, function, typing_only, line in imports(path):
        package = module.split(".")[0]
        assert package not in FORBIDDEN, f"{path}:{line} imports {package}"
        if package == "numba":
            assert room == "kernels", f"{path}:{line} imports numba outside kernels/"
        if package in DOOR_PACKAGES and not typing_only:
            assert FLOORS[room] == 4, f"{path}:{line} imports {package} below the doors"
            late = function is not None or (room, package) == ("testing", "hypothesis")
            assert late, f"{path}:{line} imports {package} at the top"


@each_file
def test_code__evaluates_no_text_and_loads_no_pickle(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            assert name not in {"eval", "exec", "compile", "__import__", "os.system", "os.popen"}, node.lineno
            assert name != "import_module" or room_of(path) == "__init__"
            for keyword in node.keywords:
                assert keyword.arg != "shell"
                assert keyword.arg != "allow_pickle" or ast.unparse(keyword.value) == "False", node.lineno


@each_file
def test_below_the_doors__nothing_touches_files_clocks_environment_or_global_randomness(path):
    if FLOORS[room_of(path)] == 4 or path.relative_to(ROOT).as_posix() == "kernels/jit.py":
        return
    for module, _, typing_only, line in imports(path):
        # `from os import PathLike` is a type; it is imported as `os`, so the names are checked below.
        assert typing_only or module == "os" or module.split(".")[0] not in WORLD, f"{path}:{line}: {module}"
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            assert all(alias.name != "os" for alias in node.names), node.lineno
        if isinstance(node, ast.ImportFrom) and node.module == "os":
            assert [alias.name for alias in node.names] == ["PathLike"], node.lineno
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            assert name not in {"open", "input", "print"}, node.lineno
            if name.startswith("np.random."):
                assert name.rsplit(".", 1)[1] in CONSTRUCTORS, f"{path}:{node.lineno}: {name}"
                assert node.args, f"{path}:{node.lineno}: {name} without a seed"


def test_every_room__has_a_floor():
    assert {room_of(path) for path in FILES} <= set(FLOORS)
