"""Written files: old or new, never half."""

import errno
import os
import stat
import sys

import pytest

from influencegraph import FollowerGraph, InvalidArgument, score
from influencegraph.io.files import open_whole

GRAPH = FollowerGraph.from_arrays(["ann", "bob"], ["bob", "ann"])
SCORES = score(GRAPH)
WRITERS = {
    "graph.save": GRAPH.save,
    "scores.save": SCORES.save,
    "to_csv": SCORES.to_csv,
    "to_tsv": SCORES.to_tsv,
    "to_npz": SCORES.to_npz,
    "to_parquet": SCORES.to_parquet,
}
each_writer = pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)


def failing(code):
    def fail(*_, **__):
        raise OSError(code, os.strerror(code))

    return fail


@each_writer
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO], ids=["ENOSPC", "EIO"])
@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("exists", [False, True], ids=["new", "old"])
def test_writing__that_fails_leaves_the_target_as_it_was(write, code, call, exists, tmp_path, monkeypatch):
    path = tmp_path / "target"
    if exists:
        path.write_bytes(b"old")
    monkeypatch.setattr(os, call, failing(code))
    with pytest.raises(OSError, match=os.strerror(code)):
        write(path)
    assert [each.name for each in tmp_path.iterdir()] == (["target"] if exists else [])
    assert not exists or path.read_bytes() == b"old"


@each_writer
@pytest.mark.parametrize("allowed", [0, 1, 2, 5])
def test_writing__that_runs_out_of_space_leaves_the_target_as_it_was(write, allowed, tmp_path, monkeypatch):
    path = tmp_path / "target"
    path.write_bytes(b"old")
    real = os.fdopen

    def small_disk(*arguments, **options):
        file = real(*arguments, **options)
        left = [allowed]

        class Small:
            def write(self, data):
                left[0] -= 1
                if left[0] < 0:
                    raise OSError(errno.ENOSPC, "No space left on device")
                return file.write(data)

            def __enter__(self):
                return self

            def __exit__(self, *_):
                file.close()

            def __getattr__(self, name):
                return getattr(file, name)

        return Small()

    monkeypatch.setattr(os, "fdopen", small_disk)
    try:
        write(path)
    except OSError:
        assert path.read_bytes() == b"old"
    else:
        assert path.read_bytes() != b"old"
        assert allowed > 0
    assert [each.name for each in tmp_path.iterdir()] == ["target"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, ValueError])
def test_writing__that_is_interrupted_leaves_nothing(error, tmp_path):
    path = tmp_path / "target"

    def stop_half_way():
        with open_whole(path) as file:
            file.write(b"half")
            raise error

    with pytest.raises(error):
        stop_half_way()
    assert list(tmp_path.iterdir()) == []


def test_writing__replaces_whole_and_keeps_it_private(tmp_path):
    path = tmp_path / "target"
    path.write_bytes(b"x" * 100_000)
    with open_whole(path) as file:
        file.write(b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["target"]


def test_writing__follows_links(tmp_path):
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    with open_whole(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


@each_writer
@pytest.mark.skipif(sys.platform == "win32", reason="there are no FIFOs and no /dev/null")
@pytest.mark.parametrize("kind", ["folder", "fifo", "device", "no folder", "link to a folder"])
def test_writing__to_what_is_no_file_is_refused(write, kind, tmp_path):
    path = tmp_path / "target"
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "device":
        path = "/dev/null"
    elif kind == "no folder":
        path = tmp_path / "missing" / "target"
    else:
        path.symlink_to(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InvalidArgument, match=r"cannot be written|no regular file") as caught:
        write(path)
    assert str(caught.value).isprintable()
    assert sorted(tmp_path.rglob("*")) == before
    assert kind != "device" or stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_writing__a_link_that_runs_in_circles_is_refused(tmp_path):
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises((InvalidArgument, OSError)):
        SCORES.to_csv(loop)
    assert [each.name for each in tmp_path.iterdir()] == ["loop"]


def test_writing__the_same_scores_twice_gives_the_same_bytes(tmp_path):
    for name, write in WRITERS.items():
        write(tmp_path / "one")
        write(tmp_path / "two")
        assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes(), name
