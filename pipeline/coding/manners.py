"""How the coder's page behaves under each approach to coding: what it asks of the coder, and which remarks it offers.

Approaches differ in what coding is for (Braun & Clarke 2021 tell coding-reliability, codebook and reflexive analysis
apart): a measurement that two people should reach alone, a scheme that grows, an agreement to be talked through, or one
reader's interpretation.
"""

from __future__ import annotations

from typing import Any

GROWING = [["new code", "New code needed"], ["unclear", "Definition unclear"]]
DEVELOPING = ("develop", "pilot")
MANNERS: dict[str, dict[str, Any]] = {
    "coding-reliability": {
        "note": "Decide alone, by the definitions. Please do not talk about single texts before all coders are done.",
        "flags": [],
    },
    "content-analysis": {
        "note": "Code what the text says, by the definitions. Please do not talk about single texts before all coders "
        "are done.",
        "flags": [],
    },
    "codebook": {"note": "", "flags": GROWING},
    "negotiated": {
        "note": "Decide alone first. Mark what the coders should talk about, and say why in the memo.",
        "flags": [["discuss", "Talk about this"], *GROWING],
    },
    "reflexive": {
        "note": "Write down first what you notice and why it strikes you; codes can wait, change and grow. Nothing "
        "here is counted or compared.",
        "flags": GROWING,
    },
}


def manners(approach: str, purpose: str) -> dict[str, Any]:
    """Return note (a sentence for the coder, or ""), flags ([id, text] pairs) and counts (whether progress is counted).

    In rounds that develop the codebook every approach lets it grow.
    """
    chosen = MANNERS[approach]
    flags = [*chosen["flags"], *(flag for flag in GROWING if purpose in DEVELOPING and flag not in chosen["flags"])]
    return {"note": chosen["note"], "flags": flags, "counts": approach != "reflexive"}
