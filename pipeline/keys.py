"""The secret that turns a person's id into a pseudonym.

It is made once per study, lives outside the repository and can be destroyed to
anonymise for good. Shipped example studies (`synthetic: true`) have no
one to protect and must give every clone the same ids: their key is their name.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from pipeline.errors import Fault, InputError
from pipeline.ids import digest
from pipeline.study import Study

VARIABLE = "SAMEWORD_KEY"


def key_path(name: str) -> Path:
    """Return where the study's key lives: $SAMEWORD_KEY if set, else the user's config folder."""
    stated = os.environ.get(VARIABLE)
    if stated:
        return Path(stated).expanduser()
    base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "sameword" / f"{name}.key"


def study_key(study: Study) -> bytes:
    """Return the study's key, making it (mode 0600) when it does not exist yet."""
    if study.synthetic:
        return f"synthetic:{study.name}".encode()
    path = key_path(study.name)
    if not path.exists():
        _make(path)
    key = path.read_bytes().strip()
    if len(key) < 32:
        raise InputError(
            [
                Fault(
                    str(path),
                    "",
                    "the key is shorter than 32 characters",
                    "restore the key from your backup; a new key changes every id",
                )
            ]
        )
    return key


def fingerprint(study: Study) -> str:
    """Return eight hexadecimal digits that tell two keys apart without giving either away."""
    return digest(b"fingerprint:" + study_key(study))[:8]


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32))
