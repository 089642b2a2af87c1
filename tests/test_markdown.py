"""Shell lines in the README run; Python in all pages is doctested."""

import gzip
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_readme__shell_lines_run(tmp_path):
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if ".venv" not in line]
    assert len(lines) == 8
    for name in ("follows", "monday", "friday"):
        follows = b"ann\tbob\nbob\tann\ncat\tann\n" + (b"cat\tbob\n" if name == "friday" else b"")
        (tmp_path / f"{name}.tsv.gz").write_bytes(gzip.compress(follows))
    (tmp_path / "follows.csv").write_text("user,friend,count\n1,2,3\n2,1,1\n")
    (tmp_path / "trusted.txt").write_text("cat\n")
    script = f'set -eo pipefail\ninfluencegraph() {{ "{sys.executable}" -m influencegraph "$@"; }}\n'
    done = subprocess.run(
        ["bash", "-c", script + "\n".join(lines)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "scores.csv").read_text().startswith("account,reach,lower,upper,score,rank")
    assert done.stdout.count("rank\taccount\t") == 3
    for told in (
        "ann has a reach of",
        "ann's score fell",
        "Audience of ann",
        "Audit of ann",
        "account\tis_mutual\t",
    ):
        assert told in done.stdout


def test_pages__have_no_python_outside_doctests():
    for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        for block in re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL):
            assert block.startswith(">>> "), page
