"""The order of a table's rows by its key, and rows taken in that order, in as little memory as large tables need."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def order_of(frame: pd.DataFrame, key: Sequence[str]) -> np.ndarray:
    """Return the places of the rows in the order of a key. Raises ValueError where a key occurs twice."""
    import numpy as np

    key = list(key)
    lean = _lean_order(frame, key)
    if lean is not None:
        return lean
    keys = frame[key].reset_index(drop=True).sort_values(key, kind="stable")
    again = keys.shift(-1)
    twice = np.logical_and.reduce([
        ((keys[one] == again[one]) | (keys[one].isna() & again[one].isna())).fillna(False).to_numpy(dtype=bool)
        for one in key
    ])[:-1]  # fmt: skip
    if twice.any():
        raise ValueError(f"key {key} occurs twice: {keys[:-1][twice].head(3).values.tolist()}")
    order: np.ndarray = keys.index.to_numpy()
    return order


def _lean_order(frame: pd.DataFrame, key: Sequence[str]) -> np.ndarray | None:
    """Return the same order in a third of the memory, or None where keys are of another kind, null, or occur twice.

    For what is large: millions of ids in one Arrow column, ten million ratings by categories.
    """
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    order: np.ndarray
    only = frame[key[0]].array
    if len(key) == 1 and isinstance(only.dtype, pd.StringDtype) and isinstance(only.__arrow_array__(), pa.ChunkedArray):
        ids = only.__arrow_array__()
        found = pc.sort_indices(ids)
        sorted_ids = ids.take(found)
        if ids.null_count or pc.any(pc.equal(sorted_ids[1:], sorted_ids[:-1])).as_py():
            return None
        order = found.to_numpy().astype(np.int64, copy=False)
        return order
    numbers = _numbered(frame, key)
    if numbers is None:
        return None
    order = np.argsort(numbers, kind="stable")
    numbers = numbers[order]
    return None if (numbers[1:] == numbers[:-1]).any() else order


def _numbered(frame: pd.DataFrame, key: Sequence[str]) -> np.ndarray | None:
    """Return a number per row in the order of a key made of categories, or None.

    Ten million ratings sort so in a third of the memory.
    """
    import numpy as np
    import pandas as pd

    columns = [frame[one].array for one in key]
    if not all(isinstance(column, pd.Categorical) for column in columns):
        return None
    if any((column.codes < 0).any() for column in columns) or math.prod(len(c.categories) for c in columns) >= 1 << 63:
        return None
    numbers = np.zeros(len(frame), dtype=np.int64)
    for column in columns:
        numbers *= len(column.categories)
        numbers += column.codes
    return numbers


def taken(column: pd.Series, places: np.ndarray) -> pd.Series:
    """Return the values at some places; of texts, piece after piece: Arrow would join all pieces first."""
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    pieces = column.array.__arrow_array__() if isinstance(column.dtype, pd.StringDtype) else None
    if not len(places) or not isinstance(pieces, pa.ChunkedArray) or pieces.num_chunks < 2:
        return column.iloc[places].reset_index(drop=True)
    ends = np.cumsum([len(piece) for piece in pieces.chunks])
    piece_of = np.searchsorted(ends, places, side="right")
    order = np.argsort(piece_of, kind="stable")
    parts = [
        pieces.chunk(k).take(pa.array(places[order[piece_of[order] == k]] - (ends[k] - len(pieces.chunk(k)))))
        for k in np.unique(piece_of).tolist()
    ]
    joined = pa.concat_arrays(parts)
    del parts
    return pd.Series(joined.take(pa.array(np.argsort(order, kind="stable"))), dtype=column.dtype)
