"""What people look at; labels are hostile."""

import io
import re

import pytest

from influencegraph import FollowerGraph, score
from influencegraph.io.display import align_table, draw_progress, format_number, printable
from influencegraph.settings import Progress

HOSTILE = [
    "<script>alert(1)</script>", "\x1b[31mred\x1b[0m", "a\nb", "a\rb", "\u202egnp.exe", "</td></table>",
    "&amp;", '"><img src=x onerror=alert(1)>', "a\x9b31m", "\u2028", "x" * 500, "\u200bzero",
]  # fmt: skip
HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


def hostile_scores(method="reach"):
    pairs = [(label, "zed") for label in HOSTILE] + [("zed", HOSTILE[0])]
    return score(FollowerGraph.from_arrays(*zip(*pairs, strict=True)), method=method)


@pytest.mark.parametrize("method", ["reach", "pagerank", "followers", "one_way_followers"])
def test_repr__escapes_what_changes_a_terminal(method):
    text = repr(hostile_scores(method))
    assert not HIDDEN.search(text)
    assert max(map(len, text.splitlines())) < 250
    assert text.startswith("Scores of 13 accounts by ")
    assert "... and 3 more" in text


@pytest.mark.parametrize("method", ["reach", "followers"])
def test_html__escapes_every_label(method):
    text = hostile_scores(method)._repr_html_()
    assert not HIDDEN.search(text)
    assert "&lt;script&gt;" in text
    tags = set(re.findall(r"</?([a-z]+)", text))
    assert tags <= {"table", "caption", "thead", "tbody", "tr", "th", "td", "p", "br"}
    assert text.count("</table>") == 1
    assert "<td>&amp;amp;</td>" in text


def test_repr__of_an_empty_result():
    scores = score(FollowerGraph.from_arrays([], []), method="followers")
    assert repr(scores).startswith("Scores of 0 accounts")
    assert "<table>" in scores._repr_html_()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("ann", "ann"), (7, "7"), ("é😀", "é😀"), ("a\x1bb", "a\\x1bb"), ("a\nb", "a\\nb"),
        ("abcdefgh", "abcdefgh"), ("abcdefghi", "abcdefg…"), ("\u202e", "\\u202e"), ("", ""),
    ],
)  # fmt: skip
def test_printable__is_one_line_of_limited_length(value, shown):
    assert printable(value, 8) == shown


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.0000"), (1.0, "1.0000"), (2.77323, "2.7732"), (12345.4, "12,345"), (99.5, "99.500")],
)
def test_format_number__keeps_five_digits(value, text):
    assert format_number(value) == text


def test_table__aligns_wide_characters():
    lines = align_table(["name", "n"], [["日本", "1"], ["abcd", "10"]]).splitlines()
    assert lines == ["name   n", "日本   1", "abcd  10"]


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress__draws_one_line_and_ends_it():
    terminal = Terminal()
    draw = draw_progress(terminal)
    for sweeps, error in ((1, 1.0), (2, 1e-4), (3, 1e-9)):
        draw(Progress(sweeps, error, 1e-9))
    text = terminal.getvalue()
    assert text.count("\n") == 1
    assert text.endswith("sweep 3, error 1.0e-09\n")
    assert [line.count("#") for line in text.split("\r")[1:]] == [0, 13, 30]
    assert draw_progress(io.StringIO()) is None


@pytest.mark.parametrize("error", [0.0, 1e-12, 1e300])
def test_progress__strange_errors_break_nothing(error):
    terminal = Terminal()
    draw = draw_progress(terminal)
    draw(Progress(1, error, 1e-9))
    draw(Progress(2, 0.0, 1e-9))
    assert "sweep 2" in terminal.getvalue()
