"""Large tables part by part: read a block of rows at a time, only some rows, or vectors as matrices; written in order.

`tables` holds a whole table at once, which most are small enough for. Vectors are not: a million answers are 1.5 GB.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import tables
from pipeline.files import atomic

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

ROWS = 1 << 16  # rows read at once: of vectors, 100 to 200 MB


def write(folder: Path, name: str, parts: Iterable[pd.DataFrame]) -> int:
    """Write a table from parts whose keys rise from row to row and from part to part; return how many rows.

    The bytes are those of `tables.write` of all parts together, where each but the last has `tables.block_of(name)`
    rows. Raises ValueError where the keys do not rise, or a column is wrong.
    """
    n_rows = 0
    last: tuple[Any, ...] | None = None
    key = list(tables.SCHEMAS[name].key)
    with atomic(tables.path_of(folder, name)) as temporary, tables.writer(temporary, name) as put:
        for part in parts:
            made = tables.valid(name, part)
            keys = [last, *zip(*(made[one] for one in key), strict=True)]
            if not all(one is None or other is None or one < other for one, other in pairwise(keys)):
                raise ValueError(f"table {name}: the keys of its parts do not rise")
            last, n_rows = keys[-1], n_rows + len(made)
            put(made)
    return n_rows


def read(folder: Path, name: str, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
    """Yield a table in parts of up to ROWS rows, with these columns of it (default: all). Raises as tables.read."""
    import pyarrow as pa

    with _opened(folder, name) as file:
        for batch in file.iter_batches(batch_size=ROWS, columns=list(columns) if columns else None):
            yield tables.as_frame(name, pa.Table.from_batches([batch]))


def whole(folder: Path, name: str, columns: Sequence[str]) -> pd.DataFrame:
    """Return all rows of a table, with these columns of it alone. Raises as tables.read."""
    import pandas as pd

    found = list(read(folder, name, columns))
    return pd.concat(found, ignore_index=True) if found else tables.empty(name)[list(columns)]


def where(
    folder: Path, name: str, column: str, values: Collection[Any], columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return the rows of a table whose `column` is among `values`, in the table's order. Raises as tables.read."""
    import pyarrow as pa
    import pyarrow.compute as pc

    asked = list(dict.fromkeys([*columns, column])) if columns else None
    with _opened(folder, name) as file:
        schema = file.schema_arrow
        wanted = pa.array(list(values), schema.field(column).type)
        found = [
            batch.filter(pc.is_in(batch[column], value_set=wanted))
            for batch in (file.iter_batches(batch_size=ROWS, columns=asked) if len(wanted) else ())
        ]
        kept = pa.Table.from_batches(found) if found else schema.empty_table().select(asked or schema.names)
    frame = tables.as_frame(name, kept)
    return frame[list(columns)] if columns else frame


@dataclass(frozen=True)
class Vectors:
    """A column of vectors of a table on disk, as blocks of rows; may be gone through again and again."""

    folder: Path
    name: str
    column: str = "vector"

    @property
    def key(self) -> str:
        """The column of the ids."""
        return next(iter(tables.SCHEMAS[self.name].key))

    def ids(self) -> np.ndarray:
        """Return the ids of all rows, which rise."""
        import numpy as np

        parts = [part[self.key].to_numpy(dtype=object) for part in read(self.folder, self.name, [self.key])]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=object)

    def __iter__(self) -> Iterator[np.ndarray]:
        """Yield the vectors in blocks: rows x dimensions."""
        with _opened(self.folder, self.name) as file:
            for batch in file.iter_batches(batch_size=ROWS, columns=[self.column]):
                yield matrix(batch[self.column])

    def first(self, n: int) -> np.ndarray:
        """Return the first n vectors."""
        import numpy as np

        found, held = [np.zeros((0, 1), dtype=np.float32)], 0
        for block in self if n else ():
            found.append(block[: n - held])
            held += len(found[-1])
            if held >= n:
                break
        return np.concatenate(found[1:] or found)

    def after(self, n: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield (ids, vectors) of all but the first n rows, in blocks."""
        ids, at = self.ids(), 0
        for block in self if n < len(ids) else ():
            skip = min(max(n - at, 0), len(block))
            if skip < len(block):
                yield ids[at + skip : at + len(block)], block[skip:]
            at += len(block)


def matrix(column: pa.ListArray) -> np.ndarray:
    """Return lists of one length as rows x length, without copying them."""
    values: np.ndarray = column.flatten().to_numpy(zero_copy_only=False)
    return values.reshape(len(column), -1)


@contextmanager
def _opened(folder: Path, name: str) -> Iterator[Any]:
    """Give a table's file, checked against its schema. Raises MissingError where it is missing, damaged or another."""
    import pyarrow.parquet as pq

    path = tables.path_of(folder, name)
    with tables.told(path, name), pq.ParquetFile(path, page_checksum_verification=True) as file:
        tables.same_version(path, name, file.schema_arrow)
        yield file
