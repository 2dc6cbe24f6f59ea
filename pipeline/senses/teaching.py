"""Which usages people read next so that the machine can complete the rest: a few at a time, as labels come back."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pipeline.senses import completion
from pipeline.senses.labels import Points

BATCH = 5  # uncertain usages a term at a time, after the diverse ones


def to_read(
    points: Mapping[str, Points],
    said: Mapping[str, str],
    *,
    given: Collection[str],
    back: Collection[str],
    total: int,
) -> dict[str, list[str]]:
    """Return, per term, the usages of the training sample: those given out, then those to give out now.

    said: usage_id -> sense, where people agreed on one; given: usages handed out to teach; back: usages that came back
    from their readers, with or without a sense. A term gets nothing new while work on it is out, or at `total`.
    """
    found = {}
    for term, mine in points.items():
        standing = [usage for usage in mine.usage_ids if usage in given]
        row_of = {usage: row for row, usage in enumerate(mine.usage_ids)}
        if len(standing) < total and all(usage in back for usage in standing):
            size = completion.DIVERSE - len(standing) if len(standing) < completion.DIVERSE else BATCH
            labels = {row_of[usage]: sense for usage, sense in said.items() if usage in row_of}
            leave = {row_of[usage] for usage in mine.usage_ids if usage in given or usage in back}
            rows = completion.next_to_label(
                mine.values, labels, min(size, total - len(standing)), leave=leave - labels.keys()
            )
            standing = [*standing, *(mine.usage_ids[row] for row in rows)]
        found[term] = standing
    return found
