"""git asked about a study's repository, in one place: no shell, and words of others stand behind --end-of-options."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def installed() -> bool:
    """Say whether there is a git to ask."""
    return shutil.which("git") is not None


def asked(root: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    """Return what git answers in a folder. Raises FileNotFoundError where git is not installed."""
    return subprocess.run(["git", "-C", str(root), *words], capture_output=True, check=False)  # noqa: S603, S607


def said(root: Path, *words: str) -> bytes:
    """Return what git prints in a folder; nothing where it fails or is not installed."""
    if not installed():
        return b""
    done = asked(root, *words)
    return done.stdout if done.returncode == 0 else b""
