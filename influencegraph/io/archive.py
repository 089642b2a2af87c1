"""Graphs and scores <-> one NPZ file, without pickle.

Member ``about`` is a JSON text as bytes: what the file is, its version, which arrays it has, and all that
is no array.
String labels are one UTF-8 text and the place where each ends. NPZ is a zip: every member carries a
checksum, and it is read whole before anything is believed.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from dataclasses import asdict
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from influencegraph.build import build_graph
from influencegraph.build_report import BuildReport
from influencegraph.errors import InfluenceGraphError, StoreDamaged
from influencegraph.graph import FollowerGraph
from influencegraph.io.files import open_whole
from influencegraph.labels import Labels, as_objects
from influencegraph.propagation import Certificate, Ledger, Propagation, Work
from influencegraph.scale import Scale
from influencegraph.scores import Scores
from influencegraph.settings import Settings

Arrays = dict[str, NDArray[Any]]

_VERSION = 1
_DTYPES = {
    "about": np.uint8,
    "labels": np.int64,
    "names": np.uint8,
    "name_ends": np.int64,
    "follower": np.uint32,
    "followed": np.uint32,
    "weights": np.float64,
    "values": np.float64,
    "reach": np.float64,
    "lower": np.float64,
    "upper": np.float64,
    "launch": np.float64,
}


def save_graph(graph: FollowerGraph, path: str | PathLike[str]) -> None:
    """Write `graph` to `path`: its labels, its follows in positions, its report."""
    csr, weights = graph.rows_by_position()
    follower = np.repeat(np.arange(graph.n_accounts, dtype=np.uint32), np.diff(csr.indptr))
    arrays = {**_pack_labels(graph.accounts), "follower": follower, "followed": csr.indices}
    if weights is not None:
        arrays["weights"] = weights
    _write(path, "graph", {"report": asdict(graph.report)}, arrays)


def load_graph(path: str | PathLike[str]) -> FollowerGraph:
    """Read a graph; it passes the same gate as any other follows."""
    about, arrays = _read(path, "graph", {"follower", "followed"}, {"weights"})
    try:
        accounts = _unpack_labels(arrays)
        places = np.arange(len(accounts))
        built = build_graph(arrays["follower"], arrays["followed"], arrays.get("weights"), places)
        report = BuildReport(**{**about["report"], "guesses": tuple(about["report"]["guesses"])})
        if (built.n_follows, built.n_accounts) != (report.follows, report.accounts):
            raise ValueError("the follows are not those of its report")
    except (InfluenceGraphError, ValueError, KeyError, TypeError) as problem:
        raise _damaged(path, problem) from None
    return FollowerGraph(
        built.followers,
        built.mutual_start,
        built.follow_weights,
        built.out_degrees,
        accounts,
        built.position_of,
        built.node_of,
        report,
    )


def save_scores(scores: Scores, path: str | PathLike[str]) -> None:
    """Write `scores` to `path`, without their graph."""
    arrays = {**_pack_labels(scores.accounts), "values": scores.values}
    about: dict[str, Any] = {
        "unit": scores.unit,
        "settings": asdict(scores.settings),
        "scale": asdict(scores.scale),
    }
    found = scores.propagation
    if found is not None:
        arrays |= {name: getattr(found, name) for name in ("reach", "lower", "upper", "launch")}
        about |= {"certificate": asdict(found.certificate), "ledger": asdict(found.ledger)}
    if scores.work is not None:
        about["work"] = asdict(scores.work)
    _write(path, "scores", about, arrays)


def load_scores(path: str | PathLike[str]) -> Scores:
    """Read scores; their graph is None."""
    vectors = {"reach", "lower", "upper", "launch"}
    about, arrays = _read(path, "scores", {"values"}, vectors)
    try:
        accounts = _unpack_labels(arrays)
        propagation = None
        if "certificate" in about:
            propagation = Propagation(
                **{name: arrays[name] for name in ("reach", "lower", "upper", "launch")},
                certificate=Certificate(**about["certificate"]),
                ledger=Ledger(**about["ledger"]),
            )
        if any(len(arrays[name]) != len(accounts) for name in vectors & set(arrays) | {"values"}):
            raise ValueError("its arrays differ in length")
        scale = Scale(**{**about["scale"], "settings": Settings(**about["scale"]["settings"])})
        settings = Settings(**about["settings"])
        work = Work(**about["work"]) if "work" in about else None
        values, unit = arrays["values"], about["unit"]
        return Scores(values, unit, accounts, settings, scale, propagation, work=work)
    except (InfluenceGraphError, ValueError, KeyError, TypeError) as problem:
        raise _damaged(path, problem) from None


def _pack_labels(accounts: Labels) -> Arrays:
    if accounts.kind == "int":
        return {"labels": accounts.values}
    encoded = [name.encode() for name in accounts.values.tolist()]
    ends = np.cumsum([len(name) for name in encoded], dtype=np.int64)
    return {"names": np.frombuffer(b"".join(encoded), np.uint8), "name_ends": ends}


def _unpack_labels(arrays: Arrays) -> Labels:
    if "labels" in arrays:
        values: NDArray[Any] = arrays["labels"]
    else:
        text, ends = arrays["names"].tobytes(), arrays["name_ends"].tolist()
        starts = [0, *ends[:-1]]
        if any(start > end for start, end in zip(starts, ends, strict=True)) or ends[-1] != len(text):
            raise ValueError("its labels do not fit together")
        values = as_objects([text[start:end].decode() for start, end in zip(starts, ends, strict=True)])
    if len(set(values.tolist())) != len(values):
        raise ValueError("a label occurs twice")
    return Labels(values)


def _write(path: str | PathLike[str], kind: str, about: dict[str, Any], arrays: Arrays) -> None:
    text = json.dumps({"kind": kind, "version": _VERSION, "arrays": sorted(arrays), **about})
    with open_whole(path) as file:
        np.savez(file, allow_pickle=False, about=np.frombuffer(text.encode(), np.uint8), **arrays)


def _read(
    path: str | PathLike[str], kind: str, required: set[str], optional: set[str]
) -> tuple[dict[str, Any], Arrays]:
    """Return the JSON and the arrays of a file of ours, after every check that needs no meaning."""
    name = os.fspath(path)
    labels = {"labels", "names", "name_ends"}
    try:
        with zipfile.ZipFile(name) as archive:
            members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
            wanted = required | (set(members) & (labels | optional)) | {"about"}
            if len(members) != len(archive.infolist()) or set(members) != wanted:
                raise ValueError("its members are not those of a saved " + kind)
            arrays = {member: _read_member(archive, info, member) for member, info in members.items()}
        about = json.loads(arrays.pop("about").tobytes())
        if not isinstance(about, dict) or about.get("kind") != kind:
            raise ValueError(f"it holds no {kind}")
        if about.get("version") != _VERSION:
            raise ValueError(f"it has format {about.get('version')!r}; this version reads {_VERSION}")
        if about.get("arrays") != sorted(arrays):
            raise ValueError("an array is missing or too many")
    except FileNotFoundError:
        raise StoreDamaged.because(
            f"{name}: there is no such file", f"it is a {kind} written by save", "Check the path.", path=name
        ) from None
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as problem:
        raise _damaged(path, problem) from None
    return about, arrays


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, member: str) -> NDArray[Any]:
    """Read one array; its header is compared with the bytes present before anything is allocated."""
    if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size:
        raise ValueError(f"member {member} is compressed; ours are not")
    content = archive.read(info)
    stream = io.BytesIO(content)
    version = np.lib.format.read_magic(stream)
    if version != (1, 0):
        raise ValueError(f"member {member} has an unknown header")
    shape, _, dtype = np.lib.format.read_array_header_1_0(stream)
    size = len(content) - stream.tell()
    if dtype != _DTYPES[member] or len(shape) != 1 or shape[0] * dtype.itemsize != size:
        raise ValueError(f"member {member} is not what its header says")
    return np.frombuffer(content, dtype, offset=stream.tell()).copy()


def _damaged(path: str | PathLike[str], problem: Exception) -> StoreDamaged:
    return StoreDamaged.at(
        os.fspath(path), f"it cannot be trusted ({' '.join(str(problem).split())})", "it is as save wrote it"
    )
