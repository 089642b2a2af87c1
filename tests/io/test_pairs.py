import pytest

from influencegraph import InvalidFollows
from influencegraph.io.pairs import read_names, read_seeds


@pytest.mark.parametrize(
    ("content", "kind", "expected"),
    [
        (b"1\n2\t0.5\r\n\n# comment\r3,2e-1\n", "int", {1: 1.0, 2: 0.5, 3: 0.2}),
        (b" a \nb\n", "str", {" a ": 1.0, "b": 1.0}),
        ("a\u2028b\nc\x85d\te\n".encode().replace(b"\te", b"\t2"), "str", {"a\u2028b": 1.0, "c\x85d": 2.0}),
        (b'"o\'hara, jr",3\nann\n', "str", {"o'hara, jr": 3.0, "ann": 1.0}),
    ],
    ids=["ends", "blanks kept", "line separators are letters", "quotes"],
)
def test_seeds__are_read_exactly(content, kind, expected, tmp_path):
    path = tmp_path / "seeds"
    path.write_bytes(content)
    assert read_seeds(path, kind) == expected


@pytest.mark.parametrize("weight", ["nan", "inf", "-1", "1_0", "x", "1e999", "\u0663"])
def test_seeds__refuse_a_weight_that_is_none(weight, tmp_path):
    path = tmp_path / "seeds"
    path.write_text(f"1\n2\t{weight}\n", encoding="utf-8")
    with pytest.raises(InvalidFollows, match="line 2: the weight is"):
        read_seeds(path, "int")


@pytest.mark.parametrize("content", [b"1\n1\n", b"1\n01\n", b"", b"1\nx\n"])
def test_seeds__refuse_what_names_no_accounts(content, tmp_path):
    path = tmp_path / "seeds"
    path.write_bytes(content)
    with pytest.raises(InvalidFollows, match="; expected "):
        read_seeds(path, "int")


def test_names__take_the_second_column_and_refuse_a_missing_one(tmp_path):
    path = tmp_path / "names"
    path.write_bytes(b"#id\tname\n7\tAnn Lee\tmore\n")
    assert read_names(path, "int") == {7: "Ann Lee"}
    path.write_bytes(b"7\tAnn\n8\n")
    with pytest.raises(InvalidFollows, match="line 2: there is one column"):
        read_names(path, "int")
