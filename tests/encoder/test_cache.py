"""The cache of vectors under two processes, kill -9, a full disk, a lock and damaged bytes: never a wrong vector."""

from __future__ import annotations

import random
import resource
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from pipeline.encoder.cache import SENTENCE, Key, VectorCache

ROOT = Path(__file__).resolve().parents[2]
WRITER = """
import sys, numpy as np
from pathlib import Path
from pipeline.encoder.cache import SENTENCE, VectorCache
path, name, first, last, size = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
cache = VectorCache(Path(path), weights="w", key=b"k")
print("ready", flush=True)
sys.stdin.readline()
for k in range(first, last, size):
    batch = {(f"{name}{i}", *SENTENCE): np.full(96, i, dtype="<f4") for i in range(k, min(k + size, last))}
    print(k, cache.put(batch), flush=True)
"""


def writer(path, name, first, last, size, **options):
    """Start a process that writes when it is told to."""
    made = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), name, str(first), str(last), str(size)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, **options,
    )  # fmt: skip
    assert made.stdout.readline() == "ready\n"
    return made


def start(process):
    process.stdin.write("\n")
    process.stdin.flush()


def cache_at(path):
    return VectorCache(path, weights="w", key=b"k")


def keys(name, last) -> list[Key]:
    return [(f"{name}{i}", *SENTENCE) for i in range(last)]


def right(found) -> bool:
    return all((vector == np.full(96, float(key[0][1:]))).all() for key, vector in found.items())


def test_two_processes_write_at_once(tmp_path):
    path = tmp_path / "vectors.sqlite"
    both = [writer(path, "a", 0, 600, 20), writer(path, "a", 300, 900, 20)]
    for process in both:
        start(process)
    said = [process.communicate(timeout=60)[0].split() for process in both]
    assert all(process.returncode == 0 for process in both)
    assert all(set(lines[1::2]) == {"True"} for lines in said)
    found = cache_at(path).get(keys("a", 900))
    assert len(found) == 900
    assert right(found)


def test_a_writer_killed_at_any_moment_leaves_whole_entries(tmp_path):
    rng, path = random.Random(0), tmp_path / "vectors.sqlite"
    seen = 0
    for moment in range(8):
        process = writer(path, "a", 1000 * moment, 1000 * (moment + 1), 50)
        start(process)
        time.sleep(rng.uniform(0.0, 0.06))
        process.kill()
        said = process.communicate()[0].split()
        found = cache_at(path).get(keys("a", 1000 * (moment + 1)))
        assert right(found)
        done = [int(k) for k, worked in zip(said[::2], said[1::2], strict=False) if worked == "True"]
        assert all(key in found for k in done for key in keys("a", k + 50)[k:])
        seen += len(done)
        assert cache_at(path).put({("b1", *SENTENCE): np.full(96, 1, dtype="<f4")})
    assert seen > 0


def test_a_full_disk_keeps_what_was_there(tmp_path):
    path = tmp_path / "vectors.sqlite"
    assert cache_at(path).put({key: np.full(96, k, dtype="<f4") for k, key in enumerate(keys("a", 50))})
    room = path.stat().st_size + 40_000
    process = writer(
        path, "a", 50, 650, 100, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    )
    start(process)
    said = process.communicate(timeout=60)[0].split()
    assert process.returncode == 0
    assert "False" in said
    found = cache_at(path).get(keys("a", 650))
    assert set(keys("a", 50)) <= set(found)
    assert right(found)
    assert cache_at(path).put({key: np.full(96, k, dtype="<f4") for k, key in enumerate(keys("a", 650))})
    assert len(cache_at(path).get(keys("a", 650))) == 650


def test_damaged_bytes_are_never_believed(tmp_path):
    path, rng = tmp_path / "vectors.sqlite", random.Random(1)
    written = {key: np.full(96, k, dtype="<f4") for k, key in enumerate(keys("a", 200))}
    cache_at(path).put(written)
    whole, lost = path.read_bytes(), 0
    for _ in range(40):
        damaged = bytearray(whole)
        for _ in range(rng.choice([1, 20, 500])):
            damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
        path.write_bytes(damaged)
        found = cache_at(path).get(keys("a", 200))
        assert right(found)
        lost += len(found) < 200
    assert lost > 10
    path.write_bytes(whole[: len(whole) // 2])
    assert right(cache_at(path).get(keys("a", 200)))


def test_a_locked_cache_is_left_where_it_is(tmp_path, monkeypatch):
    path = tmp_path / "vectors.sqlite"
    cache_at(path).put({("a1", *SENTENCE): np.full(96, 1, dtype="<f4")})
    with monkeypatch.context() as patched:
        real = sqlite3.connect
        patched.setattr(sqlite3, "connect", lambda name, timeout: real(name, timeout=0.05))
        holder = real(path)
        holder.execute("BEGIN EXCLUSIVE")
        assert cache_at(path).get(keys("a", 2)) == {}
        assert not cache_at(path).put({("a0", *SENTENCE): np.zeros(96, dtype="<f4")})
        holder.rollback()
        holder.close()
    assert len(cache_at(path).get(keys("a", 2))) == 1


def test_a_broken_database_goes_with_its_journal(tmp_path):
    path = tmp_path / "vectors.sqlite"
    path.write_bytes(b"this is no database" * 300)
    journal = tmp_path / "vectors.sqlite-journal"
    journal.write_bytes(b"\0" * 600)
    assert cache_at(path).get(keys("a", 1)) == {}
    assert not path.exists()
    assert not journal.exists()


@pytest.mark.parametrize("size", [0, 1, 100])
def test_a_file_cut_short_is_begun_again(tmp_path, size):
    path = tmp_path / "vectors.sqlite"
    cache_at(path).put({("a1", *SENTENCE): np.full(96, 1, dtype="<f4")})
    path.write_bytes(path.read_bytes()[:size])
    assert cache_at(path).get(keys("a", 2)) == {}
    assert cache_at(path).put({("a1", *SENTENCE): np.full(96, 1, dtype="<f4")})
    assert len(cache_at(path).get(keys("a", 2))) == 1
