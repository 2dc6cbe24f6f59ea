"""Lists of people for a survey tool: the token and each person's fields. E-mail addresses are joined there."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping

from pipeline.asking import limesurvey as lime
from pipeline.asking import qualtrics as qual
from pipeline.asking.form import Form

People = Mapping[str, Mapping[str, str]]  # token -> field -> text


def qualtrics(form: Form, people: People) -> str:
    """Return a contact list: ExternalDataReference is the token, further columns are embedded data."""
    head = ["FirstName", "LastName", "Email", "ExternalDataReference", *form.fields]
    return _csv(head, ["", "", ""], form, people, qual.contact_value)


def limesurvey(form: Form, people: People) -> str:
    """Return a participants' table: token, and the fields as attribute_1, attribute_2 and so on."""
    head = ["firstname", "lastname", "email", "token", *(f"attribute_{n}" for n in range(1, len(form.fields) + 1))]
    return _csv(head, ["", "", ""], form, people, lime.contact_value)


def _csv(head: list[str], blank: list[str], form: Form, people: People, shown: Callable[[str], str]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    for token in sorted(people):
        writer.writerow([*blank, token, *(shown(people[token].get(field, "")) for field in form.fields)])
    return out.getvalue()


def read_me(form: Form, study: str) -> str:
    """Return what to do with the files."""
    fields = [group.field for group in form.groups if group.field]
    return f"""The follow-up survey of {study}

These files hold respondents' own sentences and the ids that the survey tool gave them. Send nobody more than their own
form, and keep them out of version control.

Qualtrics: import qualtrics.txt (Create project, Survey, Import a TXT file), then qualtrics-contacts.csv as a contact
list (add e-mail addresses there). The import format knows no display logic: in the survey flow put a branch before each
block whose name ends in "(only if ...)", on that embedded data not being empty: {", ".join(fields)}.
Export with choice text or with numbers.

LimeSurvey: import limesurvey.txt as a survey, create a participants' table with {len(form.fields)} attributes, import
limesurvey-participants.csv. Questions without a sentence are hidden. Export with the token.

Without a survey tool: forms/ has one HTML page per person, named by the token. It works from a mail attachment, sends
nothing, and saves a small CSV that comes back to you.

What comes back goes to data/raw/{study}/ and is named in codebooks/{study}/survey.yaml:

asking:
  files: [followup.csv]
"""


def instrument_read_me(form: Form, study: str, wave: str, *, randomised: bool) -> str:
    """Return what to do with the files of an instrument, and how its answers come back."""
    lot = (
        f"""
Definitions are shown to half of the people, by lot: the fields {", ".join(form.fields)} are filled for them and blank
for the others. When the wave is back, sameword instrument --effect --study {study} says what they did to ratings, and
sameword glossary compare --groups definitions "with definitions" "without definitions" what they did to the words.
"""
        if randomised
        else ""
    )
    return f"""The next wave of {study}: one rating item per sense

Qualtrics: import qualtrics.txt as a survey and qualtrics-contacts.csv as a contact list (add e-mail addresses there).
LimeSurvey: import limesurvey.txt, and limesurvey-participants.csv as the participants' table.
Without a survey tool: forms/ has one HTML page per person. It sends nothing and saves a CSV; put the rows of those
files under one header.
{lot}
The export goes to data/raw/{study}/wave{wave}.csv. columns.yaml holds the lines that survey.yaml needs to read it: the
token in a column named token (rename ExternalReference so, if it came through Qualtrics) finds the same person again.
"""
