"""Saved graphs and scores: whole, or refused."""

import contextlib
import io
import json
import stat
import zipfile

import numpy as np
import pytest

from influencegraph import FollowerGraph, Scores, StoreDamaged, score

GRAPHS = {
    "int": FollowerGraph.from_arrays([1, 2, 9], [2, 1, 2]),
    "str": FollowerGraph.from_arrays(["ann", "bö", "😀"], ["bö", "ann", "bö"], weights=[1.0, 0.0, 2.5]),
    "order": FollowerGraph.from_arrays([3, 3, 3], [1, 1, 3], labels=[7, 3, 1]),
    "empty": FollowerGraph.from_arrays([], []),
    "isolated": FollowerGraph.from_arrays([], [], labels=["b", "a"]),
}


def state(thing):
    """All that a loaded graph or loaded scores hold, as something to compare."""
    if isinstance(thing, FollowerGraph):
        weights = None if thing.weights is None else thing.weights.tobytes()
        columns = thing.to_arrays()
        follows = columns.follower.tolist(), columns.followed.tolist(), weights
        return thing.labels.tolist(), follows, thing.report, thing.mutual_start.tobytes()
    arrays = [values.tolist() for values in thing.to_columns().values()]
    found = thing.propagation
    rest = None if found is None else (found.certificate, found.ledger, found.launch.tobytes())
    return arrays, thing.values.tobytes(), thing.unit, thing.settings, thing.scale, rest


@pytest.mark.parametrize("name", GRAPHS)
def test_graph__saved_and_loaded_is_the_same(name, tmp_path):
    graph = GRAPHS[name]
    graph.save(tmp_path / "graph.npz")
    loaded = FollowerGraph.load(tmp_path / "graph.npz")
    assert state(loaded) == state(graph)
    assert loaded.labels.dtype == graph.labels.dtype
    for array in (*loaded.followers, loaded.mutual_start, loaded.labels, loaded.node_of):
        assert not array.flags.writeable
    for one, other in zip(graph.followers, loaded.followers, strict=True):
        assert one.tobytes() == other.tobytes()
    assert stat.S_IMODE((tmp_path / "graph.npz").stat().st_mode) == 0o600


def test_graph__keeps_what_its_reader_said(tmp_path):
    from influencegraph.build import ReadNotes, build_graph

    graph = build_graph([1, 1, 1], [2, 2, 1], notes=ReadNotes(3, 2, ("a guess",)))
    graph.save(str(tmp_path / "graph.npz"))
    assert FollowerGraph.load(str(tmp_path / "graph.npz")).report == graph.report


def saved(kind, folder):
    path = folder / "saved.npz"
    if kind == "graph":
        GRAPHS["str"].save(path)
        return FollowerGraph.load, path
    score(GRAPHS["int"], method="followers" if kind == "followers" else "reach").save(path)
    return Scores.load, path


each_kind = pytest.mark.parametrize("kind", ["graph", "reach", "followers"])


@each_kind
def test_damage__every_truncation_is_detected(kind, tmp_path):
    load, path = saved(kind, tmp_path)
    whole = path.read_bytes()
    for length in range(0, len(whole), 1 if kind == "graph" else 5):
        path.write_bytes(whole[:length])
        with pytest.raises(StoreDamaged):
            load(path)


@each_kind
@pytest.mark.parametrize("flip", [0xFF, 0x01])
def test_damage__every_flipped_byte_is_detected_or_harmless(kind, flip, tmp_path):
    load, path = saved(kind, tmp_path)
    whole = path.read_bytes()
    wanted = state(load(path))
    trusted = []
    for place in range(0, len(whole), 1 if kind == "graph" else 3):
        damaged = bytearray(whole)
        damaged[place] ^= flip
        path.write_bytes(damaged)
        try:
            found = load(path)
        except StoreDamaged:
            continue
        if state(found) != wanted:
            trusted.append(place)
    assert trusted == []


@each_kind
def test_damage__bytes_before_and_after_are_detected_or_harmless(kind, tmp_path):
    load, path = saved(kind, tmp_path)
    whole = path.read_bytes()
    wanted = state(load(path))
    for content in (whole + b"more", b"more" + whole, whole + whole, whole.replace(b"PK", b"KP"), b"", b"PK"):
        path.write_bytes(content)
        with contextlib.suppress(StoreDamaged):
            assert state(load(path)) == wanted


def rewrite(path, **changes):
    """Write the members of `path` again, changed, with right checksums; None drops a member."""
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    for name, content in changes.items():
        if isinstance(content, np.ndarray):
            buffer = io.BytesIO()
            np.save(buffer, content, allow_pickle=True)
            content = buffer.getvalue()
        if content is None:
            members.pop(f"{name}.npy")
        else:
            members[f"{name}.npy"] = content
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def about(path, **changes):
    with np.load(path) as arrays:
        text = json.loads(arrays["about"].tobytes())
    return np.frombuffer(json.dumps({**text, **changes}).encode(), np.uint8)


@pytest.mark.parametrize(
    "changes",
    [
        {"follower": np.array([{}], object)},
        {"about": np.array(["{}"], object)},
        {"extra": np.arange(3)},
        {"follower": None},
        {"about": None},
        {"names": None},
        {"name_ends": None},
        {"follower": np.arange(2, dtype=np.uint32)},
        {"follower": np.arange(3, dtype=np.float64)},
        {"follower": np.array([0, 1, 99], np.uint32)},
        {"follower": np.zeros((3, 1), np.uint32)},
        {"weights": np.array([1.0, np.nan, 1.0])},
        {"weights": np.array([1.0, -1.0, 1.0])},
        {"weights": np.array([1.0])},
        {"name_ends": np.array([3, 2, 10])},
        {"name_ends": np.array([3, 6, 900])},
        {"name_ends": np.array([-3, 6, 10])},
        {"name_ends": np.array([], np.int64)},
        {"name_ends": np.array([3, 5, 10])},
        {"names": np.frombuffer(b"annannxxxx", np.uint8), "name_ends": np.array([3, 6, 10])},
        {"labels": np.arange(3)},
        {"follower": b"\x93NUMPY"},
        {"follower": b"\x93NUMPY\x01\x00\xff\xff{"},
        {"follower": b"not an array"},
        {"follower": b"\x93NUMPY\x01\x00v\x00" + b"{'descr': '<u4', 'fortran_order': False, 'shape': (9" +
         b"0" * 15 + b",), }" + b" " * 43 + b"\n"},
        {"about": np.frombuffer(b"[]", np.uint8)},
        {"about": np.frombuffer(b"{", np.uint8)},
        {"about": np.frombuffer(b"\xff\xfe", np.uint8)},
        {"about": np.frombuffer(b"[" * 100_000, np.uint8)},
    ],
    ids=lambda changes: "-".join(changes),
)  # fmt: skip
def test_graph__rewritten_with_right_checksums_is_refused(changes, tmp_path):
    load, path = saved("graph", tmp_path)
    rewrite(path, **changes)
    with pytest.raises(StoreDamaged, match="cannot be trusted"):
        load(path)


@pytest.mark.parametrize(
    "changes", [{"kind": "scores"}, {"version": 2}, {"version": None}, {"report": {}}, {"report": 5}]
)
def test_graph__of_another_kind_or_version_is_refused(changes, tmp_path):
    load, path = saved("graph", tmp_path)
    rewrite(path, about=about(path, **changes))
    with pytest.raises(StoreDamaged):
        load(path)


@pytest.mark.parametrize(
    "changes",
    [
        {"reach": None},
        {"values": np.ones(2)},
        {"reach": np.ones(2)},
        {"values": np.array([1, 2, 3])},
        {"labels": np.array([1, 1, 2])},
        {"labels": None},
    ],
)
def test_scores__rewritten_with_right_checksums_are_refused(changes, tmp_path):
    load, path = saved("reach", tmp_path)
    rewrite(path, **changes)
    with pytest.raises(StoreDamaged, match="cannot be trusted"):
        load(path)


@pytest.mark.parametrize(
    "changes",
    [
        {"settings": {}},
        {"settings": None},
        {"scale": 3},
        {"certificate": {}},
        {"certificate": []},
        {"ledger": None},
    ],
)
def test_scores__with_strange_facts_are_refused(changes, tmp_path):
    load, path = saved("reach", tmp_path)
    rewrite(path, about=about(path, **changes))
    with pytest.raises(StoreDamaged):
        load(path)


def test_load__of_other_files_and_places_is_refused(tmp_path):
    graph = tmp_path / "graph.npz"
    GRAPHS["int"].save(graph)
    with pytest.raises(StoreDamaged):
        Scores.load(graph)
    score(GRAPHS["int"]).to_npz(tmp_path / "columns.npz")
    np.savez_compressed(tmp_path / "compressed.npz", about=np.zeros(10**6, np.uint8))
    np.save(tmp_path / "one.npy", np.arange(3))
    (tmp_path / "text").write_text("1\t2\n")
    for name in ("columns.npz", "compressed.npz", "one.npy", "text", "", "missing"):
        for load in (Scores.load, FollowerGraph.load):
            with pytest.raises(StoreDamaged) as caught:
                load(tmp_path / name)
            assert str(caught.value).isprintable()
            assert isinstance(caught.value, OSError)
