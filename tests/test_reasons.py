"""The page of reasons on real people: what is read, split and written, on a folder made up here."""

import gzip

import numpy as np
import pytest

import influencegraph
from benchmarks.reasons import SECTIONS, audiences, engagement
from benchmarks.reasons.__main__ import write_page
from benchmarks.reasons.people import Acts, read_people, say_name

TURNED = {(2, 8), (3, 8)}
"""What-ifs ask what if the first of these followed, and the second did not."""
FOLLOWS = [
    (u, v)
    for u in range(1, 30)
    for v in range(1, 30)
    if u != v and ((3 * u + v) % 7 < 3) != ((u, v) in TURNED)
]


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    folder = tmp_path_factory.mktemp("real") / "timme_politicians"
    folder.mkdir()

    def write(name, rows, header="#source\ttarget\tcount"):
        lines = [header, *("\t".join(map(str, row)) for row in rows)]
        (folder / f"{name}.tsv.gz").write_bytes(gzip.compress("\n".join([*lines, ""]).encode()))

    write("follows", [(u, v, 1) for u, v in FOLLOWS])
    for shift, name in enumerate(("retweet", "mention", "favorite")):
        acts = [(u, v, 1 + (u + v + shift) % 4) for u, v in FOLLOWS if (u + v) % 3 == shift]
        write(name, [*acts, (3, 3, 50), (99, 1, 50), (1, 99, 50)])
    handles = [*audiences.HANDLES, *(f"handle{i}" for i in range(30))][:29]
    people = [(i, handle, f"Last{i}, First{i}", "I") for i, handle in enumerate(handles, 1)]
    write("nodes", people, "#id\thandle\tname\tparty")
    return read_people(folder.parent)


def test_people__acts_are_those_between_known_accounts(people):
    assert people.graph.n_follows == len(FOLLOWS)
    assert people.names[2] == "First2 Last2"
    for acts in people.acts.values():
        assert np.all(acts.actor != acts.target)
        assert max(acts.actor.max(), acts.target.max()) < 30
    mentions = people.acts["mentions"]
    assert people.received(mentions).sum() == mentions.count.sum()
    assert people.received(mentions)[4] == mentions.count[mentions.target == people.graph.labels[4]].sum()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Pelosi, Nancy", "Nancy Pelosi"),
        ("Wilbur L. Ross, Jr.", "Wilbur L. Ross, Jr."),
        ("Casey, Robert P., Jr.", "Robert P. Casey Jr."),
        ("Donald J. Trump", "Donald J. Trump"),
    ],
)
def test_names__are_said_as_people_say_them(written, said):
    assert say_name(written) == said


def test_page__has_every_section_and_no_typed_number(people):
    page = "\n\n".join(write_page(people))
    assert f"29 US politicians on Twitter in 2019, {len(FOLLOWS)} follows" in page.replace("\n", " ")
    for section in SECTIONS:
        assert f"\n## {section.TITLE}\n" in page
    scores = influencegraph.score(people.graph)
    told = people.handles[audiences.TOLD]
    assert f"Audience of {people.names[told]} ({told}) by reach(" in page
    one = influencegraph.audience(scores, told)
    assert f"| {people.names[told]} | {one.followers} | {one.mutual} | {one.undivided:.4f} |" in page


def test_split__halves_add_up_and_are_drawn_by_lot():
    acts = Acts(np.arange(2000), np.arange(2000) + 1, np.tile([1, 3], 1000))
    first, second = engagement.split_acts(acts, np.random.default_rng(0))
    total = np.zeros(2000, np.int64)
    for half in (first, second):
        assert half.count.min() > 0
        assert np.array_equal(half.target, half.actor + 1)
        total[half.actor] += half.count
    assert np.array_equal(total, acts.count)
    assert abs(first.count.sum() - 2000) < 5 * np.sqrt(1000)  # its variance is a quarter of 4,000


def test_engagement__gains_of_the_truth_and_of_structure_itself(people, monkeypatch):
    monkeypatch.setattr(engagement, "N_RESAMPLES", 40)
    received = people.received(people.acts["mentions"])
    good = {each.target: each for each in engagement.measure(people, lambda graph, half: received)}
    assert list(good) == list(engagement.TARGETS)
    for measured in good.values():
        assert set(measured.spearman) == {*engagement.KNOWN, engagement.LAYERED}
        for mean, low, high in measured.gains.values():
            assert low <= mean <= high
    assert good["mentions"].spearman[engagement.LAYERED].tolist() == pytest.approx(
        [1.0] * engagement.N_SPLITS
    )
    assert good["mentions"].gains["PageRank"][1] > 0
    reach = influencegraph.score(people.graph).reach
    for measured in engagement.measure(people, lambda graph, half: reach):
        assert measured.gains["structure only"] == (0.0, 0.0, 0.0)
        assert measured.gains["PageRank"][0] != 0
