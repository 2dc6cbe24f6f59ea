"""Run the benchmarks named, or all; print their tables and keep them as JSON in bench/results/."""

from __future__ import annotations

import importlib
import json
import os
import platform
import sys
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
RESULTS = Path(__file__).parent / "results"


def machine() -> str:
    """Return what a reader needs to know of the machine."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def available() -> list[str]:
    """Return the names of all benchmarks: the modules here that have a main; others are what they share."""
    found = [path for path in Path(__file__).parent.glob("*.py") if path.stem != "run"]
    return sorted(path.stem for path in found if "\ndef main(" in path.read_text(encoding="utf-8"))


def shown(value: object) -> str:
    """Return a cell of the printed table."""
    return "" if value is None else f"{value:,.3g}" if isinstance(value, float) else str(value)


def main(names: list[str]) -> None:
    """Run and print."""
    RESULTS.mkdir(exist_ok=True)
    failed = []
    for name in names or available():
        start = time.perf_counter()
        try:
            rows = importlib.import_module(f"bench.{name}").main()
        except Exception:  # one benchmark's fault must not cost the tables of the others
            traceback.print_exc()
            failed.append(name)
            continue
        took = time.perf_counter() - start
        print(f"\n## {name} ({machine()}, {time.strftime('%Y-%m-%d')}, {took:.0f} s)\n")
        if rows:
            print("| " + " | ".join(rows[0]) + " |\n|" + "---|" * len(rows[0]))
        for row in rows:
            print("| " + " | ".join(shown(value) for value in row.values()) + " |")
        content = {"machine": machine(), "date": time.strftime("%Y-%m-%d"), "rows": rows}
        (RESULTS / f"{name}.json").write_text(
            json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main(sys.argv[1:])
