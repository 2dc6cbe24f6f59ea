"""Exports as Parquet, one file or a folder of partitions, as rows of texts: how data teams hand over large surveys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import Fault, InputError
from pipeline.survey.workbooks import text_of

if TYPE_CHECKING:
    import pyarrow as pa

MAGIC = b"PAR1"
REMEDY = "write it again, with pandas or Arrow, as flat columns of texts, numbers, dates or truth values"


def files_of(path: Path) -> list[Path]:
    """Return a file itself, or the Parquet files below a folder in the order of their names. Raises InputError."""
    found = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
    if not found:
        raise InputError([Fault(str(path), "", "no Parquet file lies in this folder", "name the folder or file meant")])
    return found


def rows_of_parquet(path: Path) -> list[list[str]]:
    """Return the column names, then every row of every partition, as texts; a null is "". Raises InputError."""
    files = files_of(path)
    names = _opened(files[0]).schema_arrow.names
    rows = [list(names)]
    for file in files:
        if _opened(file).schema_arrow.names != names:
            what = f"its columns are not those of {files[0].name}"
            raise InputError([Fault(str(file), "", what, "partitions of one export have the same columns")])
        rows += _rows(file)
    return rows


def _rows(path: Path) -> Iterator[list[str]]:
    import pyarrow as pa

    source = _opened(path)
    nested = [field.name for field in source.schema_arrow if pa.types.is_nested(field.type)]
    if nested:
        raise InputError([Fault(str(path), f"column {nested[0]}", "a cell holds several values", REMEDY)])
    try:
        for batch in source.iter_batches(batch_size=20_000):
            columns = [map(text_of, column.to_pylist()) for column in batch.columns]
            yield from map(list, zip(*columns, strict=True))
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise _damaged(path, error) from None


def _opened(path: Path) -> pa.parquet.ParquetFile:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(path)
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, PermissionError):
            raise
        raise _damaged(path, error) from None


def _damaged(path: Path, error: Exception) -> InputError:
    return InputError([Fault(str(path), "", f"not readable as Parquet ({str(error).splitlines()[0][:120]})", REMEDY)])
