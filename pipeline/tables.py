"""The schema of every table, and the one place that reads and writes them.

Tables are Parquet files under data/processed/<study>/. Writing checks the
schema and the key, sorts by the key and is atomic; the same rows give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import MissingError
from pipeline.files import atomic
from pipeline.sorting import order_of, taken

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

TEXT, INTEGER, REAL, TRUTH, VECTOR = "string", "int64", "float64", "bool", "vector"
BLOCK = 1 << 18  # rows of a row group: a large table becomes Arrow piece by piece


@dataclass(frozen=True)
class Table:
    """A table's name, its key columns, its other columns with types, and the stage that makes it."""

    name: str
    key: Mapping[str, str]
    columns: Mapping[str, str]
    stage: str
    about: str
    more: str | None = None  # type of the further columns a study adds (one per closed question or factor)
    optional_key: frozenset[str] = field(default=frozenset())  # key columns that may be null

    @property
    def types(self) -> dict[str, str]:
        """Return every fixed column with its type, keys first."""
        return {**self.key, **self.columns}


def _table(
    name: str, stage: str, about: str, key: str, columns: str, more: str | None = None, optional_key: str = ""
) -> Table:
    return Table(name, _types(key), _types(columns), stage, about, more, frozenset(optional_key.split()))


def _types(text: str) -> dict[str, str]:
    """Read "a b:int64 c" as {a: string, b: int64, c: string}."""
    pairs = (part.partition(":") for part in text.split())
    return {name: kind or TEXT for name, _, kind in pairs}


ALL = (
    _table("respondents", "ingest", "one row per person who counts, with a column per closed question",
           "respondent_id", "wave quote_ok:bool", more=TEXT),
    _table("items", "ingest", "what repeated questions are asked about, with a column per factor",
           "item_id", "", more=TEXT),
    _table("responses", "ingest", "one person's answer to one open question; the scrubbed text of record",
           "response_id", "respondent_id question_id item_id wave text text_digest language export_row:int64"
           " export_column"),
    _table("translations", "ingest", "an answer in another language, beside the text of record, with who translated it",
           "response_id language translator", "text"),
    _table("ratings", "ingest", "one person's rating of one item (item_id is '' where the question has none)",
           "respondent_id question_id item_id wave", "value:float64 level"),
    _table("flow", "ingest", "how many rows of the export were dropped at which step, and why",
           "step:int64", "label n_rows:int64 n_dropped:int64 reason"),
    _table("excerpts", "excerpts", "spans of responses handed to coders; the unit of analysis",
           "excerpt_id", "response_id start:int64 end:int64 text"),
    _table("terms", "terms", "words and phrases looked at; role is watched, reference or candidate",
           "term_id", "label forms kind role n_usages:int64 n_respondents:int64 in_question:bool"),
    _table("usages", "terms", "every occurrence of a term, as code points into responses.text",
           "usage_id", "term_id response_id start:int64 end:int64 surface"),
    _table("facets", "terms", "what a usage is said of and in which respect, by the words beside it",
           "usage_id slot", "words"),
    _table("excerpt_vectors", "encode", "sentence vector of every excerpt, unit length, rounded",
           "excerpt_id", "vector:vector"),
    _table("usage_vectors", "encode", "mean of the sub-word vectors of every usage, unit length, rounded: in the"
           " last layer (vector) and over the upper half of the layers (upper)",
           "usage_id", "vector:vector upper:vector"),
    _table("machine_codings", "code", "codes the machine applied, with the span and rule or the score",
           "excerpt_id code_id source", "score:float64 start:int64 end:int64 rule"),
    _table("classifiers", "code", "what the classifier of each code rests on, measured on respondents it had not seen",
           "code_id", "n_read:int64 n_positive:int64 n_respondents:int64 average_precision:float64 threshold:float64"
           " precision:float64 precision_low:float64 recall:float64 n_suggested:int64 note"),
    _table("rule_quality", "code", "what each rule finds and how far people agree; rule 'all' is all rules of a code",
           "code_id rule", "n_hits:int64 n_excerpts:int64 n_unique:int64 n_read:int64 n_right:int64 precision:float64"
           " n_human:int64 recall:float64"),
    _table("topics", "topics", "emergent topic of each excerpt; -1 is an outlier",
           "excerpt_id", "topic_id:int64 strength:float64"),
    _table("topic_words", "topics", "c-TF-IDF keywords of each topic, best first",
           "topic_id:int64 rank:int64", "word weight:float64"),
    _table("proposals", "proposals", "senses proposed from vectors alone; read by assign and the planning report",
           "usage_id", "term_id sense_id strength:float64"),
    _table("evidence", "proposals", "what the vectors say about each term, before any person has judged",
           "term_id", "verdict n_senses:int64 score:float64 ci_low:float64 ci_high:float64 null_percentile:float64"
           " dispersion:float64 gap:float64 gap_centred:float64 stability:float64 separation:float64 balance:float64"
           " bound_to n_usages:int64 n_respondents:int64 reason"),
    _table("sense_words", "proposals", "c-TF-IDF words around the usages of each proposed sense, best first",
           "term_id sense_id rank:int64", "word weight:float64"),
    _table("assignments", "collect", "work given to coders; p_include as it is by now; batch: when it was handed out",
           "assignment_id", "coder_id unit_kind unit_id round purpose p_include:float64 position:int64 batch:int64"),
    _table("decisions", "collect", "what a coder did with an assignment; no row = not reached yet",
           "assignment_id", "state decided_at seconds:float64 codebook_version screen memo splits"),
    _table("codings", "collect", "codes a coder applied (start and end inside the excerpt, or null)",
           "assignment_id code_id", "start:int64 end:int64"),
    _table("judgements", "collect", "sense labels (several joined by |) or 1-4 ratings of pairs",
           "assignment_id", "value"),
    _table("record", "record", "what counts, by the study's stated rule, from people's decisions only",
           "unit_kind unit_id value", "basis decided_by reason decided_at"),
    _table("open_units", "record", "units read by people that the record rule leaves undecided",
           "unit_kind unit_id", "values reason"),
    _table("prevalence", "record", "respondents with a code among respondents with a recorded excerpt",
           "code_id question_id group_by group", "n_respondents:int64 base:int64 share:float64 ci_low:float64"
           " ci_high:float64 share_unweighted:float64 n_excerpts:int64 n_union:int64 n_intersection:int64"),
    _table("agreement", "agreement", "coefficients between coders with intervals by respondent",
           "scope coefficient", "level value:float64 ci_low:float64 ci_high:float64 coverage:float64 n_units:int64"
           " n_respondents:int64 n_coders:int64 n_positive:int64 note"),
    _table("confusions", "agreement", "how often one coder used a code where another used other_id ('' = no code)",
           "code_id other_id", "n_pairs:int64 n_units:int64"),
    _table("disagreements", "agreement", "units on which coders differ, and how much higher alpha would be without",
           "unit_kind unit_id", "cost:float64 said"),
    _table("code_use", "agreement", "how often each coder used each code on units that others read too",
           "code_id coder_id", "n_applied:int64 n_units:int64"),
    _table("senses", "senses", "the sense of each usage and where it comes from",
           "usage_id sense_id source", "term_id confidence:float64"),
    _table("ambiguity", "senses", "verdict per term; 'ambiguous' rests on people's labels only",
           "term_id", "verdict n_senses:int64 score:float64 ci_low:float64 ci_high:float64 null_percentile:float64"
           " stability:float64 bound_to n_usages:int64 n_respondents:int64 reason"),
    _table("shares", "senses", "respondents who use a term in a sense, among those who used it codably",
           "term_id sense_id group_by group", "n_respondents:int64 base:int64 share:float64 ci_low:float64"
           " ci_high:float64 n_usages:int64"),
    _table("usage_shares", "senses", "share of a term's usages in each sense: of those labelled, weighted by"
           " 1/p_include, and by the cross-fitted difference estimate",
           "term_id sense_id method", "share:float64 ci_low:float64 ci_high:float64 n_labelled:int64 n_usages:int64"
           " n_respondents:int64"),
    _table("coverage", "senses", "whether all senses have been seen: Good-Turing coverage, Chao2 lower bound, and the"
           " senses expected among half of the respondents",
           "term_id", "n_respondents:int64 n_senses:int64 n_once:int64 n_twice:int64 coverage:float64 chao2:float64"
           " expected_at_half:float64"),
    _table("completion", "senses", "how well the machine completes people's labels, out of fold by respondent",
           "term_id", "n_labelled:int64 n_respondents:int64 majority:float64 accuracy:float64"
           " calibration_error:float64 confidence_from:float64 n_completed:int64 n_left:int64 note"),
    _table("pair_groups", "senses", "groups of usages from judgements of pairs alone; null where too unsure",
           "usage_id", "term_id group:int64 confidence:float64"),
    _table("disputes", "senses", "how often two people, or one person twice, mean different things",
           "term_id scope", "value:float64 ci_low:float64 ci_high:float64 n_respondents:int64 n_pairs:int64 note"),
    _table("orders", "senses", "concordant, discordant and tied pairs of items per respondent, by sense used",
           "respondent_id context term_id sense_id", "rating_a rating_b n_concordant:int64 n_discordant:int64"
           " n_tied:int64"),
    _table("planned", "planned", "comparisons stated before looking, with p-values corrected in that family",
           "comparison_id", "position:int64 measure group_by group against n_group:int64 n_against:int64"
           " mean_group:float64 mean_against:float64 p:float64 p_holm:float64 n_permutations:int64 note"),
    _table("authors", "authors", "what respondents were asked about their own usages, and what they say they meant",
           "usage_id", "respondent_id term_id slot state value expected:float64"),
    _table("accuracy", "authors", "coders, record and completed labels held against authors; never part of agreement",
           "source term_id sense_id measure", "value:float64 ci_low:float64 ci_high:float64 n_decisions:int64"
           " n_usages:int64 n_respondents:int64 n_abstained:int64 note"),
    _table("confidence", "authors", "share that authors expect to mean the same by a word, and the share who do",
           "term_id", "expected:float64 real:float64 misplaced:float64 ci_low:float64 ci_high:float64"
           " n_respondents:int64 n_expected:int64 n_pairs:int64 note"),
    _table("glossary", "senses", "one entry per term and sense, of the team or proposed",
           "entry_id", "term_id sense_id name definition status n_usages:int64 n_respondents:int64"),
)  # fmt: skip

SCHEMAS: dict[str, Table] = {table.name: table for table in ALL}


def path_of(folder: Path, name: str) -> Path:
    """Return where a table lies in a study's processed folder."""
    return folder / f"{SCHEMAS[name].name}.parquet"


def empty(name: str) -> pd.DataFrame:
    """Return the table with its columns and no rows."""
    frame: pd.DataFrame = _arrow(name, None).to_pandas()
    return frame


def read(folder: Path, name: str) -> pd.DataFrame:
    """Read a table.

    Raises MissingError, naming the stage that makes it, where it is missing, damaged or of another version.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = path_of(folder, name)
    with told(path, name):
        # Its own buffer: a damaged footer may ask for more than there is, and that must be an error of this file.
        arrow = pq.read_table(pa.BufferReader(path.read_bytes()), page_checksum_verification=True)
    same_version(path, name, arrow.schema)
    return as_frame(name, arrow)


@contextmanager
def told(path: Path, name: str) -> Iterator[None]:
    """Let reading a table's file end in a MissingError that names the stage that makes it."""
    import pyarrow as pa

    if not path.exists():
        raise MissingError(f"{path}: not made yet. {_remedy(path, name)}")
    try:
        yield
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        if isinstance(error, PermissionError):
            raise
        raise MissingError(f"{path}: damaged ({str(error).splitlines()[0][:200]}). {_remedy(path, name)}") from None


def same_version(path: Path, name: str, found: pa.Schema) -> None:
    """Raise MissingError where a file's columns are not those of today's schema."""
    stated = _fields(name, [])
    if wrong := [column for column, kind in stated if column not in found.names or found.field(column).type != kind]:
        raise MissingError(f"{path}: made by another version (column {', '.join(wrong)}). {_remedy(path, name)}")


def _remedy(path: Path, name: str) -> str:
    study = path.parent.name
    return f"Run: sameword {SCHEMAS[name].stage} --study {study} (make report STUDY={study} runs all)"


def as_frame(name: str, arrow: pa.Table) -> pd.DataFrame:
    """Return Arrow's rows of a table, with whole numbers that may be null as such."""
    frame: pd.DataFrame = arrow.to_pandas()
    for column, kind in SCHEMAS[name].types.items():
        # numpy integers know no null; floats would lie
        if kind == INTEGER and column in arrow.column_names and arrow[column].null_count:
            frame[column] = arrow[column].to_pandas(integer_object_nulls=True).astype("Int64")
    return frame


def write(folder: Path, name: str, frame: pd.DataFrame) -> None:
    """Check a table against its schema, sort it by key and write it atomically.

    Raises ValueError (a programming error, not the user's) on wrong columns, a
    null key or a key that occurs twice.
    """
    frame = valid(name, frame)
    order = _order(name, frame)
    # In blocks, so that a large table is never there twice.
    with atomic(path_of(folder, name)) as temporary, writer(temporary, name) as put:
        for start in range(0, len(order) or 1, block_of(name)):
            put(_rows(name, frame, order[start : start + block_of(name)]))


def block_of(name: str) -> int:
    """Return how many rows of a table go into one row group: fewer where rows are vectors."""
    return BLOCK // 4 if VECTOR in SCHEMAS[name].types.values() else BLOCK


@contextmanager
def writer(path: Path, name: str) -> Iterator[Callable[[pd.DataFrame | pa.Table], None]]:
    """Yield a function that writes rows of a table, in order, as a row group of a file; without any, an empty table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with ExitStack() as opened:
        made: list[pq.ParquetWriter] = []

        def put(rows: pd.DataFrame | pa.Table) -> None:
            arrow = rows if isinstance(rows, pa.Table) else _arrow(name, rows)
            if not made:
                options = {"compression": "zstd", "write_statistics": False, "write_page_checksum": True}
                made.append(opened.enter_context(pq.ParquetWriter(path, arrow.schema, **options)))
            made[0].write_table(arrow)

        yield put
        if not made:
            put(empty(name))


def _rows(name: str, frame: pd.DataFrame, places: np.ndarray) -> pa.Table:
    """Return some rows of a table as Arrow's, column by column: texts are there twice, but not all at once."""
    import pyarrow as pa

    schema = pa.schema([pa.field(column, kind) for column, kind in _fields(name, frame)])
    columns = [pa.array(taken(frame[field.name], places), field.type, from_pandas=True) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def checked(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with its columns in order, sorted by key, or raise ValueError."""
    frame = valid(name, frame)
    return frame.iloc[_order(name, frame)].reset_index(drop=True)


def _order(name: str, frame: pd.DataFrame) -> np.ndarray:
    try:
        return order_of(frame, list(SCHEMAS[name].key))
    except ValueError as error:
        raise ValueError(f"table {name}: {error}") from None


def valid(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with its columns in order, or raise ValueError."""
    schema = SCHEMAS[name]
    missing = [column for column in schema.types if column not in frame]
    extra = [column for column in frame if column not in schema.types]
    if missing or (extra and schema.more is None):
        raise ValueError(
            f"table {name}: missing columns {missing}, unknown columns {extra if schema.more is None else []}"
        )
    frame = frame[[*schema.types, *extra]]
    key = list(schema.key)
    required = [column for column in key if column not in schema.optional_key]
    if frame[required].isna().any(axis=None):
        raise ValueError(f"table {name}: null in key {required}")
    return frame


def _arrow(name: str, frame: pd.DataFrame | None) -> pa.Table:
    import pyarrow as pa

    arrow = pa.schema([pa.field(column, kind) for column, kind in _fields(name, [] if frame is None else frame)])
    if frame is None:
        return arrow.empty_table()
    return pa.Table.from_pandas(frame, schema=arrow, preserve_index=False).replace_schema_metadata(None)


def _fields(name: str, columns: Iterable[Any]) -> list[tuple[str, pa.DataType]]:
    """Return a table's columns with their types, further ones after those every such table has."""
    import pyarrow as pa

    schema = SCHEMAS[name]
    kinds = {
        TEXT: pa.string(),
        INTEGER: pa.int64(),
        REAL: pa.float64(),
        TRUTH: pa.bool_(),
        VECTOR: pa.list_(pa.float32()),
    }
    fields = [(column, kinds[kind]) for column, kind in schema.types.items()]
    if schema.more:
        fields += [(str(column), kinds[schema.more]) for column in columns if column not in schema.types]
    return fields
