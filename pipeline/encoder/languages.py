"""Which answers the encoder can read, by their language."""

from __future__ import annotations

import pandas as pd

from pipeline.study import Encoder


def readable(languages: pd.Series, encoder: Encoder) -> pd.Series:
    """Return, for each answer, whether the encoder reads its language; a study that names none lets it read all.

    `en-GB` and `en_us` are English: the part before the hyphen counts (BCP 47, primary language subtag).
    """
    if not encoder.languages:
        return pd.Series(True, index=languages.index)
    known = {name.lower() for name in encoder.languages}
    return languages.fillna("").str.lower().str.split("[-_]", regex=True).str[0].isin(list(known))
