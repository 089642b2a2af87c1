"""An environment for each peer, made on request: ``python -m venv`` and pip, with pinned versions."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path


def make(name: str, requirements: tuple[str, ...], cache: Path) -> Path | str:
    """Return the interpreter of the peer's environment, or in one line why there is none."""
    folder = cache / "environments" / name
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    made_for = folder / "requirements.txt"
    wanted = "\n".join(requirements) + "\n"
    if made_for.exists() and made_for.read_text() == wanted:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [str(python), "-m", "pip", "install", "--quiet", *requirements],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
            return f"does not install: {next((line for line in lines if 'ERROR' in line), lines[-1])[:150]}"
    made_for.write_text(wanted)
    return python
