"""Columns out."""

import sys

import numpy as np
import pytest

from influencegraph import FollowerGraph, InvalidArgument, MissingExtra, score
from influencegraph.io.tables import check_suffix, write_by_suffix, write_delimited

SCORES = score(FollowerGraph.from_arrays(["ann", "bob"], ["bob", "ann"]), method="followers")


@pytest.mark.parametrize("name", ["a.csv", "b.tsv", "c.npz", "d.parquet", ".csv", "a.tsv.csv"])
def test_suffix__names_the_format(name, tmp_path):
    assert name.endswith(check_suffix(name))
    write_by_suffix(SCORES.to_columns(), str(tmp_path / name))
    assert (tmp_path / name).stat().st_size > 0


@pytest.mark.parametrize("name", ["a", "a.txt", "a.CSV", "a.csv.gz", "csv", "", "a.csv/"])
def test_suffix__of_another_name_is_refused(name):
    with pytest.raises(InvalidArgument, match=r"end in \.csv, \.tsv, \.npz, \.parquet"):
        check_suffix(name)


def test_text__floats_read_back_exactly(tmp_path):
    values = np.array([0.1, 1 / 3, 5e-324, 1.7e308, 1e22, 123456789.123456789])
    write_delimited({"value": values}, tmp_path / "out", ",")
    assert [float(line) for line in (tmp_path / "out").read_text().split()[1:]] == values.tolist()


def test_text__is_utf_8_with_line_feeds(tmp_path):
    write_delimited({"account": np.array(["é😀", "b"], object)}, tmp_path / "out", "\t")
    assert (tmp_path / "out").read_bytes() == "account\né😀\nb\n".encode()


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_text__a_line_end_inside_a_label_is_quoted(end, tmp_path):
    write_delimited({"account": np.array([f"a{end}b"], object)}, tmp_path / "out", ",")
    assert (tmp_path / "out").read_bytes() == f'account\n"a{end}b"\n'.encode()


@pytest.mark.parametrize(
    ("package", "extra", "name"), [("pyarrow", "parquet", "to_parquet"), ("pandas", "frames", "to_pandas")]
)
def test_missing_packages__are_said(package, extra, name, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    arguments = [tmp_path / "out"] if name == "to_parquet" else []
    with pytest.raises(MissingExtra, match=rf"pip install 'influencegraph\[{extra}\]'") as caught:
        getattr(SCORES, name)(*arguments)
    assert isinstance(caught.value, ImportError)
    assert list(tmp_path.iterdir()) == []


def test_columns__make_a_frame_as_they_are():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(SCORES.to_columns())
    assert frame["account"].tolist() == ["ann", "bob"]
