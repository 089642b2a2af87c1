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
from dataclasses import asdict, replace
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from influencegraph.build import build_graph
from influencegraph.build_report import BuildReport, EventReport
from influencegraph.errors import InfluenceGraphError, StoreDamaged
from influencegraph.ghosts import add_ghosts, find_returns
from influencegraph.graph import FollowerGraph
from influencegraph.io.files import open_whole
from influencegraph.labels import Labels, as_objects
from influencegraph.layers import Ends, Layer, find_ends, lay_anew
from influencegraph.propagation import Certificate, Ledger, Propagation, Work
from influencegraph.redaction import Redaction
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
    "share": np.float64,
    "rank": np.int64,
    "rank_best": np.int64,
    "rank_worst": np.int64,
    "acts_source": np.int64,
    "acts_target": np.int64,
    "acts_count": np.float64,
    "acts_time": np.float64,
    "ghost_source": np.int64,
    "ghost_target": np.int64,
    "ghost_strength": np.float64,
}
_LAYERS = ("acts_source", "acts_target", "acts_count", "acts_time")
_GHOSTS = ("ghost_source", "ghost_target", "ghost_strength")
_LABELS = {"labels", "names", "name_ends"}
_VECTORS = ("reach", "lower", "upper", "launch")
_STANDING = ("share", "rank", "rank_best", "rank_worst")
"""Of redacted scores, whose arrays no longer tell where the shown accounts stand among all."""


def save_graph(graph: FollowerGraph, path: str | PathLike[str]) -> None:
    """Write `graph` to `path`: its labels, its follows in positions, its report."""
    csr, weights = graph.rows_by_position()
    follower = np.repeat(np.arange(graph.n_accounts, dtype=np.uint32), np.diff(csr.indptr))
    arrays = {**_pack_labels(graph.accounts), "follower": follower, "followed": csr.indices}
    if weights is not None:
        arrays["weights"] = weights
    about: dict[str, Any] = {"report": asdict(graph.report)}
    if graph.layers:
        about["layers"] = [_describe_layer(layer) for layer in graph.layers]
        arrays |= _pack_layers(graph)
    if graph.ghosts is not None:
        pairs, strengths = find_returns(graph)
        arrays |= dict(zip(_GHOSTS, (*np.ascontiguousarray(pairs.T), strengths), strict=True))
    _write(path, "graph", about, arrays)


def load_graph(path: str | PathLike[str]) -> FollowerGraph:
    """Read a graph; it passes the same gate as any other follows."""
    about, arrays = _read(path, "graph", {"follower", "followed"}, {"weights", *_LAYERS, *_GHOSTS})
    try:
        accounts = _unpack_labels(arrays)
        places = np.arange(len(accounts))
        built = build_graph(arrays["follower"], arrays["followed"], arrays.get("weights"), places)
        report = _read_report(about["report"])
        if (built.n_follows, built.n_accounts) != (report.follows, report.accounts):
            raise ValueError("the follows are not those of its report")
        graph = replace(built, accounts=accounts, report=report)
        graph = _unpack_layers(graph, about["layers"], arrays) if "layers" in about else graph
        return _unpack_ghosts(graph, arrays) if "ghost_source" in arrays else graph
    except (InfluenceGraphError, ValueError, KeyError, TypeError) as problem:
        raise _damaged(path, problem) from None


def _read_report(told: dict[str, Any]) -> BuildReport:
    events = EventReport(**told["events"]) if "events" in told and told["events"] is not None else None
    return BuildReport(**{**told, "guesses": tuple(told["guesses"]), "events": events})


def _describe_layer(layer: Layer) -> dict[str, Any]:
    return {
        "name": layer.name, "weight": layer.weight, "cap_per_pair": layer.cap_per_pair,
        "n_dropped": layer.n_dropped, "n_acts": len(layer.counts), "has_times": layer.times is not None,
    }  # fmt: skip


def _pack_layers(graph: FollowerGraph) -> Arrays:
    """Return the acts of all layers, one behind the other; times of those that have them."""
    ends = [find_ends(graph, layer) for layer in graph.layers]
    times = [layer.times for layer in graph.layers if layer.times is not None]
    return {
        "acts_source": np.concatenate([each.sources for each in ends]),
        "acts_target": np.concatenate([each.targets for each in ends]),
        "acts_count": np.concatenate([layer.counts for layer in graph.layers]),
        "acts_time": np.concatenate([*times, np.empty(0)]),
    }


def _unpack_layers(graph: FollowerGraph, about: list[dict[str, Any]], arrays: Arrays) -> FollowerGraph:
    acts = [arrays[name] for name in _LAYERS[:3]]
    cuts = np.cumsum([each["n_acts"] for each in about])[:-1]
    sources, targets, counts = (np.split(each, cuts) for each in acts)
    times = iter(
        np.split(arrays["acts_time"], np.cumsum([each["n_acts"] for each in about if each["has_times"]])[:-1])
    )
    layers = [
        Layer(
            each["name"], np.empty(0, np.int64), count, next(times) if each["has_times"] else None,
            each["weight"], each["cap_per_pair"], each["n_dropped"],
        )
        for each, count in zip(about, counts, strict=True)
    ]  # fmt: skip
    laid = lay_anew(graph, layers, [Ends(*each) for each in zip(sources, targets, strict=True)])
    if [_describe_layer(layer) for layer in laid.layers] != about:
        raise ValueError("its layers are not those that were saved")
    return laid


def _unpack_ghosts(graph: FollowerGraph, arrays: Arrays) -> FollowerGraph:
    source, target, strengths = (arrays[name] for name in _GHOSTS)
    haunted = add_ghosts(graph, np.stack([source, target], axis=1), strengths)
    if haunted.ghosts is None or len(haunted.ghosts) != len(source):
        raise ValueError("its remembered returns do not fit its follows")
    return haunted


def save_scores(scores: Scores, path: str | PathLike[str]) -> None:
    """Write `scores` to `path`, without their graph and without what is redacted."""
    arrays = {**_pack_labels(scores.accounts), "values": scores.values}
    about: dict[str, Any] = {
        "unit": scores.unit,
        "settings": asdict(scores.settings),
        "scale": asdict(scores.scale),
    }
    found = scores.propagation
    if found is not None:
        arrays |= {name: getattr(found, name) for name in _VECTORS}
        about |= {"certificate": asdict(found.certificate), "ledger": asdict(found.ledger)}
    if scores.work is not None:
        about["work"] = asdict(scores.work)
    if scores.redaction is not None:
        arrays |= {name: getattr(scores, name) for name in _STANDING}
        about["n_hidden"] = scores.redaction.n_hidden
    _write(path, "scores", about, arrays)


def load_scores(path: str | PathLike[str]) -> Scores:
    """Read scores; their graph is None."""
    about, arrays = _read(path, "scores", {"values"}, {*_VECTORS, *_STANDING})
    try:
        accounts = _unpack_labels(arrays)
        propagation = None
        if "certificate" in about:
            propagation = Propagation(
                **{name: arrays[name] for name in _VECTORS},
                certificate=Certificate(**about["certificate"]),
                ledger=Ledger(**about["ledger"]),
            )
        redaction = None
        if "n_hidden" in about:
            standing = {name: arrays[name] for name in _STANDING}
            redaction = Redaction(about["n_hidden"], **standing, whole=None, hidden=None)
        if any(len(array) != len(accounts) for name, array in arrays.items() if name not in _LABELS):
            raise ValueError("its arrays differ in length")
        scale = Scale(**{**about["scale"], "settings": _read_settings(about["scale"]["settings"])})
        settings = _read_settings(about["settings"])
        work = Work(**about["work"]) if "work" in about else None
        values, unit = arrays["values"], about["unit"]
        return Scores(values, unit, accounts, settings, scale, propagation, None, redaction, work)
    except (InfluenceGraphError, ValueError, KeyError, TypeError) as problem:
        raise _damaged(path, problem) from None


def _read_settings(given: dict[str, Any]) -> Settings:
    """Return settings as they were saved; those of version 1 have no number where followers count alike."""
    if given["version"] == 1 and given["method"] == "reach" and given["mutual_giving"] is None:
        given = {**given, "mutual_giving": 0.0}
    return Settings(**given)


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
        starts = [0, *ends][: len(ends)]
        whole = max(ends, default=0) == len(text)
        if not whole or any(start > end for start, end in zip(starts, ends, strict=True)):
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
    try:
        with zipfile.ZipFile(name) as archive:
            members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
            wanted = required | (set(members) & (_LABELS | optional)) | {"about"}
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
