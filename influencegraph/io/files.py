"""Files written whole: old or new, never half."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from os import PathLike
from typing import BinaryIO

from influencegraph.errors import InvalidArgument, shorten


@contextlib.contextmanager
def open_whole(path: str | PathLike[str]) -> Iterator[BinaryIO]:
    """Open a new file that takes `path`'s place when the block ends, and vanishes if it fails.

    Written under a new name in the same folder (readable by its owner only), flushed to the disk, then
    renamed. Links are followed; anything but a regular file is refused.

    Raises
    ------
    InvalidArgument
        If `path` is a folder or a device, or its folder does not exist.
    OSError
        If the disk is full or the folder not writable; `path` is then as it was.
    """
    target = os.path.realpath(os.fspath(path))
    folder = os.path.dirname(target)
    _check_place(target, folder)
    temporary = f"{target}.{secrets.token_hex(6)}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    _sync_folder(folder)


def _check_place(target: str, folder: str) -> None:
    if not os.path.isdir(folder):
        raise InvalidArgument.because(
            f"{shorten(target)} cannot be written: there is no folder {shorten(folder)}",
            "the folder exists",
            "Create it first.",
            path=target,
        )
    if os.path.lexists(target) and not stat.S_ISREG(os.lstat(target).st_mode):
        raise InvalidArgument.because(
            f"{shorten(target)} is there and is no regular file",
            "results are written to a file that is new or replaced whole",
            "Choose another path.",
            path=target,
        )


def _sync_folder(folder: str) -> None:
    """Make the rename itself last; where a folder cannot be opened (Windows), it needs no help."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
