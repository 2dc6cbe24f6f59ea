"""Which answers the encoder can read, by their language."""

from __future__ import annotations

import pandas as pd

from pipeline.settings import Encoder

# What published encoders were trained on, by their model cards. The study's own language is always read: whoever
# chose the encoder chose it for that.
TRAINED_ON = {
    "sentence-transformers/all-MiniLM-L6-v2": ("en",),
    "sentence-transformers/all-MiniLM-L12-v2": ("en",),
    "sentence-transformers/all-mpnet-base-v2": ("en",),
}


def readable(languages: pd.Series, encoder: Encoder, own: str = "") -> pd.Series:
    """Return, for each answer, whether the encoder reads its language (a boolean series with the same index).

    encoder.languages goes first; else what is known of the model, and `own`, the study's language. A model of which
    nothing is known reads all. `en-GB` and `en_us` are English: the part before the hyphen counts (BCP 47, primary
    language subtag).
    """
    stated = encoder.languages or TRAINED_ON.get(encoder.name, ())
    if not stated:
        return pd.Series(True, index=languages.index)
    known = {name.lower() for name in stated}
    if not encoder.languages and own:
        known.add(own.lower())
    primary = languages.fillna("").str.lower().str.split("[-_]", regex=True).str[0]
    return primary.isin(list(known)) | ((primary == "") & (not encoder.languages))
