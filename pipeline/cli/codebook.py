"""sameword code, topics, codebook: the thematic codebook at work."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import say, study_option, warn

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from pipeline.codebook.themes import Code, Themes
    from pipeline.study import Study


@click.command()
@study_option
def code(study: Study) -> None:
    """Propose codes for every excerpt, by the rules of themes.yaml and by similarity to its definitions."""
    import pandas as pd

    from pipeline import tables
    from pipeline.codebook.rules import code_by_rule
    from pipeline.codebook.themes import load_themes
    from pipeline.language import load_language

    themes = load_themes(study.codebook_folder / "themes.yaml")
    excerpts = _with_questions(study)
    if themes.active:
        nlp = load_language(study.survey.language, study.survey.spacy.pipeline)
        found = pd.concat([code_by_rule(excerpts, themes.active, nlp), _by_similarity(study, themes.active)])
    else:
        found = tables.empty("machine_codings")
    tables.write(study.processed, "machine_codings", found)
    counts = found.source.value_counts()
    say(f"code: {counts.get('rule', 0)} codings by rule, {counts.get('similarity', 0)} by similarity")


@click.command()
@study_option
def topics(study: Study) -> None:
    """Find topics that emerge from the excerpts, to hold against the codebook."""
    import numpy as np

    from pipeline import tables
    from pipeline.codebook.topics import find_topics
    from pipeline.language import load_language

    excerpts = tables.read(study.processed, "excerpts")
    vectors = tables.read(study.processed, "excerpt_vectors")
    joined = excerpts.merge(vectors, on="excerpt_id")
    stacked = np.stack(joined.vector.tolist()) if len(joined) else np.zeros((0, 1))
    stop = sorted(load_language(study.survey.language).Defaults.stop_words)
    chosen = study.survey.topics
    found, words = find_topics(
        joined, stacked, method=chosen.method, n_topics=chosen.n_topics, seed=chosen.seed, stop_words=stop
    )
    tables.write(study.processed, "topics", found)
    tables.write(study.processed, "topic_words", words)
    say(f"topics: {found.topic_id.nunique()} over {len(found)} excerpts")


@click.group()
@click.pass_context
@study_option
def codebook(context: click.Context, study: Study) -> None:
    """Show and exchange the thematic codebook."""
    context.obj = study


@codebook.command()
@click.pass_obj
def show(study: Study) -> None:
    """Print themes and codes with their definitions."""
    from pipeline.codebook.themes import load_themes

    themes = load_themes(study.codebook_folder / "themes.yaml")
    say(f"codebook version {themes.version}: {len(themes.codes)} codes in {len(themes.themes)} themes")
    for theme in themes.themes:
        say(f"\n{theme.name} ({theme.id})")
        for one in theme.codes:
            say(f"  {one.id}: {one.name}. {one.definition}")


@codebook.command()
@click.argument("old")
@click.argument("new", required=False)
@click.pass_obj
def diff(study: Study, old: str, new: str | None) -> None:
    """Say what changed between two codebooks.

    Names the codes that were added, renamed, merged, split, redefined or retired from OLD to NEW, and those whose
    codings were therefore made under words that no longer hold. OLD and NEW are files or git revisions of this
    study's themes.yaml; NEW is the file as it stands where not given.
    """
    from pipeline.codebook.changes import compare, stale_codes
    from pipeline.codebook.themes import load_themes

    now = load_themes(study.codebook_folder / "themes.yaml") if new is None else _version(study, new)
    before = _version(study, old)
    changes = compare(before, now)
    for change in changes:
        say(str(change))
    if not changes:
        say("nothing changed")
    if stale := stale_codes(changes):
        say(f"codings made under an older definition: {', '.join(stale)}")
        if before.version == now.version:
            warn(f"both say version {now.version!r}: raise it, or nobody can tell which definition a coder had")
        _say_stale(study, stale, now.version)


def _say_stale(study: Study, codes: Sequence[str], version: str) -> None:
    """Say how many codings that have come back were made under another version, where any have."""
    from pipeline import tables
    from pipeline.codebook.changes import stale_codings

    if not all(tables.path_of(study.processed, name).exists() for name in ("codings", "decisions")):
        return
    codings, decisions = (tables.read(study.processed, name) for name in ("codings", "decisions"))
    for row in stale_codings(codes, codings, decisions, version=version).itertuples():
        if row.n_stale or row.n_unknown:
            say(f"  {row.code_id}: {row.n_stale} to read again, {row.n_unknown} more do not say their version")


def _version(study: Study, name: str) -> Themes:
    """Return the codebook in a file or, where there is no such file, at a git revision."""
    from pipeline.codebook.themes import load_themes
    from pipeline.errors import InputError, MissingError

    if Path(name).is_file():
        return load_themes(Path(name))
    inside = f"./codebooks/{study.name}/themes.yaml"
    git = shutil.which("git")
    if git is None:
        raise MissingError(f"{name}: no such file, and git is not installed to look for a revision of that name")
    found = subprocess.run(  # noqa: S603 - no shell, and what is asked for cannot be read as an option
        [git, "-C", str(study.root), "show", "--end-of-options", f"{name}:{inside}"], capture_output=True, check=False
    )
    if found.returncode:
        said = found.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: ")
        raise MissingError(f"{name}: neither a file nor a git revision that holds {inside}: {said}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "themes.yaml")
        path.write_bytes(found.stdout)
        try:
            return load_themes(path)
        except InputError as error:
            raise InputError(replace(fault, file=f"{name}:{inside}") for fault in error.faults) from None


@codebook.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A CSV file to write as well.")
@click.pass_obj
def rules(study: Study, out: Path | None) -> None:
    """Say how good each rule is.

    What it finds, what no other rule of its code finds, and whether people coded the same excerpts so, as far as they
    have coded yet.
    """
    from pipeline import tables
    from pipeline.codebook.quality import human_codes, in_words, rule_hits, rule_quality
    from pipeline.codebook.themes import load_themes
    from pipeline.files import write_text
    from pipeline.language import load_language

    codes = load_themes(study.codebook_folder / "themes.yaml").active
    excerpts = _with_questions(study)
    made = tables.path_of(study.processed, "record").exists()  # before anyone has coded, rules still fire
    human = human_codes(tables.read(study.processed, "record") if made else tables.empty("record"))
    hits = rule_hits(excerpts, codes, load_language(study.survey.language, study.survey.spacy.pipeline))
    quality = rule_quality(hits, excerpts, codes=codes, human=human)
    people = len(tables.read(study.processed, "respondents"))
    say(f"{sum(len(one.rules) for one in codes)} rules of {len(codes)} codes; people read {len(human)} excerpts")
    for line in in_words(quality, shares=people >= study.survey.report.small):
        say(line)
    if out is not None:
        write_text(out, quality.to_csv(index=False, lineterminator="\n"))


@codebook.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def export_qdc(study: Study, file: Path) -> None:
    """Write the codebook as REFI-QDA (.qdc).

    This is what ATLAS.ti, MAXQDA, NVivo, QualCoder and others read. What the format has no place for is said.
    """
    from pipeline.codebook.refi import losses, write_qdc
    from pipeline.codebook.themes import load_themes

    themes = load_themes(study.codebook_folder / "themes.yaml").themes
    write_qdc(file, themes, study=study.name)
    say(f"written: {file}")
    for loss in losses(themes):
        warn(f"left out: {loss}")


@codebook.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A new file to write; printed otherwise.")
@click.pass_obj
def import_qdc(study: Study, file: Path, out: Path | None) -> None:
    """Make themes.yaml from REFI-QDA (.qdc).

    Codes this study exported itself keep their ids; others get one made from their name. What is left out is said.
    """
    from pipeline.codebook.refi import known_ids, read_qdc
    from pipeline.codebook.themes import load_themes
    from pipeline.codebook.written import as_yaml

    here = load_themes(study.codebook_folder / "themes.yaml")
    given = read_qdc(file, known=known_ids(here.themes, study=study.name))
    for loss in given.left_out:
        warn(f"left out: {loss}")
    _give(as_yaml(here.version, given.themes, comment=f"From {file.name}."), out)


@codebook.command("import-keywords")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--question", "questions", multiple=True, metavar="KEY=ID", help="A key of the list and its question id.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A new file to write; printed otherwise.")
def import_keywords(file: Path, questions: tuple[str, ...], out: Path | None) -> None:
    """Make themes.yaml from a keyword list.

    The list is JSON, {question: {code: [keywords]}}. A keyword is a regular expression that begins where a word begins.
    """
    from pipeline.codebook.keywords import from_keywords
    from pipeline.codebook.themes import decoded
    from pipeline.codebook.written import as_yaml

    themes = from_keywords(
        decoded(file.read_bytes(), str(file)), source=str(file), questions=dict(map(_pair, questions))
    )
    _give(as_yaml("1", themes, comment=f"From {file.name}. Each keyword begins where a word begins."), out)


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not (key and equals and value):
        raise click.BadParameter(f"{text!r} is not KEY=ID", param_hint="--question")
    return key, value


def _give(text: str, out: Path | None) -> None:
    """Print a file's text, or write it where nothing stands yet: what people wrote is never overwritten."""
    from pipeline.errors import Fault, InputError
    from pipeline.files import write_text

    if out is None:
        return say(text.rstrip("\n"))
    if out.exists():
        raise InputError([Fault(str(out), "", "there is a file already", "move it aside, or give --out another name")])
    write_text(out, text)
    return say(f"written: {out}")


def _with_questions(study: Study) -> pd.DataFrame:
    from pipeline import tables

    responses = tables.read(study.processed, "responses")[["response_id", "question_id", "item_id"]]
    return tables.read(study.processed, "excerpts").merge(responses, on="response_id")


def _by_similarity(study: Study, codes: Sequence[Code]) -> pd.DataFrame:
    import numpy as np

    from pipeline import tables
    from pipeline.cli.encoder import encode_texts
    from pipeline.codebook.similarity import code_by_similarity, code_texts

    vectors = tables.read(study.processed, "excerpt_vectors")
    if vectors.empty:
        return tables.empty("machine_codings")
    texts = code_texts(codes)
    flat = [text for found in texts.values() for text in found]
    encoded = iter(encode_texts(study, flat))
    per_code = {code_id: np.stack([next(encoded) for _ in found]) for code_id, found in texts.items()}
    return code_by_similarity(vectors.excerpt_id.tolist(), np.stack(vectors.vector.tolist()), code_vectors=per_code)
