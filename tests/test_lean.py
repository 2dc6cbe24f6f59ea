import importlib
import subprocess
import sys

import pytest

from pipeline.lean import without

LOADED = "; import sys; print(sorted({'torch', 'umap', 'numba', 'transformers'} & set(sys.modules)))"


def test_a_hidden_library_cannot_be_imported_within_and_can_afterwards() -> None:
    sys.modules.pop("colorsys", None)
    with without("colorsys"), pytest.raises(ModuleNotFoundError):
        import colorsys
    import colorsys

    assert colorsys.rgb_to_hsv(0, 0, 0) == (0, 0, 0)


def test_a_loaded_library_stays() -> None:
    with without("subprocess"):
        again = importlib.import_module("subprocess")
    assert again is subprocess


@pytest.mark.parametrize(
    "use",
    [
        "from pipeline.language import load_language; load_language('en')('Two words.')",
        "from pipeline.codebook.topics import _model; _model('kmeans', 2, 0, (20, 8), [])",
    ],
)
def test_words_and_topics_do_not_load_the_networks(use: str) -> None:
    said = subprocess.run([sys.executable, "-c", use + LOADED], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
