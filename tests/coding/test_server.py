from __future__ import annotations

import errno
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.coding import journal, page
from pipeline.coding.journal import Journal, header, journal_text, parse_journal
from pipeline.coding.server import Desk, address, make_server, token_for, usual_port
from pipeline.errors import InputError
from tests.coding.fake import packet_of

TOKEN = "secret"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[Any, Path]]:
    path = tmp_path / "ann.jsonl"
    server = make_server(
        Desk.for_coder(path, study="tiny", coder="ann", packet=packet_of(["<script>x</script>", "two"])),
        page.render, token=TOKEN, port=0,
    )  # fmt: skip
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server, path
    server.shutdown()
    server.server_close()


def ask(server: Any, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, str, dict[str, str]]:
    port = server.server_address[1]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    given = {"Host": f"127.0.0.1:{port}", "Origin": f"http://127.0.0.1:{port}", "Content-Type": "application/json"}
    given.update({name.replace("_", "-"): value for name, value in headers.items()})
    content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
    connection.request(method, path, content, {name: value for name, value in given.items() if value})
    reply = connection.getresponse()
    return reply.status, reply.read().decode(), dict(reply.getheaders())


def row(number: int = 0, **more: Any) -> dict[str, Any]:
    return {"assignment_id": f"a_{number}", "state": "coded", "codes": [{"code_id": "c1"}], "decided_at": "t", **more}


def test_only_the_page_itself_may_speak_to_the_server(desk: tuple[Any, Path]) -> None:
    server, path = desk
    assert server.server_address[0] == "127.0.0.1"
    good = f"/{TOKEN}/decisions"
    assert ask(server, "POST", good, row())[0] == 200
    before = path.read_bytes()
    assert ask(server, "POST", good, row(), Origin="http://evil.example")[0] == 403
    assert ask(server, "POST", good, row(), Origin="")[0] == 403
    assert ask(server, "POST", good, row(), Host="evil.example")[0] == 403
    assert ask(server, "GET", f"/{TOKEN}/", Host="evil.example", Origin="")[0] == 403
    assert ask(server, "POST", "/wrong/decisions", row())[0] == 404
    assert ask(server, "GET", "/", Origin="")[0] == 404
    assert ask(server, "POST", good, row(), Content_Type="text/plain")[0] == 415
    assert ask(server, "POST", good, b"x" * 1_000_001)[0] == 413
    assert ask(server, "POST", good, b"{")[0] == 400
    assert ask(server, "POST", good, row(9))[0] == 422
    assert ask(server, "POST", good, row(state="maybe"))[0] == 422
    assert path.read_bytes() == before
    status, text, headers = ask(server, "GET", f"/{TOKEN}/", Origin="")
    assert status == 200 and "<script>x" not in text and "Access-Control-Allow-Origin" not in headers
    assert "default-src 'none'" in text and headers["Cache-Control"] == "no-store"
    assert '"assignment_id":"a_0","state":"coded"' in text, "the page does not resume what the journal holds"


def test_a_full_disk_is_refused_in_words_and_leaves_whole_lines(
    desk: tuple[Any, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, path = desk
    assert ask(server, "POST", f"/{TOKEN}/decisions", row())[0] == 200
    before = path.read_bytes()

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(journal.os, "fsync", full)
    status, text, _ = ask(server, "POST", f"/{TOKEN}/decisions", row(1))
    assert status == 507 and "the disk is full" in text
    assert path.read_bytes() == before
    monkeypatch.undo()
    assert ask(server, "POST", f"/{TOKEN}/decisions", row(1))[0] == 200
    assert len(parse_journal(path.read_text(), "x")[1]) == 2


LIMITED = """
import resource, signal, sys
from pathlib import Path
from pipeline.coding.journal import Journal, header
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
book = Journal(Path(sys.argv[1]), header("tiny", "ann"))
book.append({"assignment_id": "a_0", "state": "coded"})
room = Path(sys.argv[1]).stat().st_size + 20
resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
try:
    book.append({"assignment_id": "a_1", "state": "coded", "memo": "x" * 100})
except OSError as error:
    print("refused", error.errno)
"""


def test_a_file_that_cannot_grow_keeps_only_whole_lines(tmp_path: Path) -> None:
    """The system takes twenty bytes of the line and then no more, as a full disk does."""
    path = tmp_path / "ann.jsonl"
    done = subprocess.run([sys.executable, "-c", LIMITED, str(path)], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.startswith("refused"), done.stderr
    assert path.read_text().endswith("\n")
    assert [r["assignment_id"] for _, r in parse_journal(path.read_text(), "x")[1]] == ["a_0"]


def test_a_journal_cut_at_any_byte_is_read_to_its_last_whole_line(tmp_path: Path) -> None:
    text = journal_text("tiny", "ann", [row(0, memo="é 🧪"), row(1), row(2)])
    content = text.encode()
    ends = [i + 1 for i, byte in enumerate(content) if byte == 10]
    path = tmp_path / "cut.jsonl"
    for cut in range(ends[0], len(content) + 1):
        whole = sum(end <= cut for end in ends) - 1
        found = len(parse_journal(content[:cut].decode(), "x")[1])
        assert found in (whole, whole + 1 if cut + 1 in ends else whole)
        if cut % 7 == 0:
            path.write_bytes(content[:cut])
            Journal(path, header("tiny", "ann")).append(row(3))
            assert [r["assignment_id"] for _, r in parse_journal(path.read_text(), "x")[1]][-1] == "a_3"
            assert len(parse_journal(path.read_text(), "x")[1]) == whole + 1


def test_a_damaged_line_in_the_middle_is_named() -> None:
    lines = journal_text("tiny", "ann", [row(0), row(1)]).split("\n")
    lines[1] = lines[1][:20]
    with pytest.raises(InputError) as caught:
        parse_journal("\n".join(lines), "ann.jsonl")
    assert caught.value.faults[0].place == "line 2"


def test_the_address_is_the_same_after_a_restart(tmp_path: Path) -> None:
    assert token_for(tmp_path, "tiny.ann") == token_for(tmp_path, "tiny.ann") != token_for(tmp_path, "tiny.bob")
    assert (tmp_path / "tiny.ann.desk").stat().st_mode & 0o777 == 0o600
    assert usual_port("a", "b") == usual_port("a", "b")


SCRIPT = """
import sys
from pathlib import Path
from pipeline.coding import page
from pipeline.coding.server import Desk, make_server, serve
from tests.coding.fake import packet_of
desk = Desk.for_coder(Path(sys.argv[1]), study="tiny", coder="ann", packet=packet_of(["x"] * 3000))
server = make_server(desk, page.render, token="secret", port=0)
print(server.server_address[1], flush=True)
serve(server)
"""


def start(path: Path) -> tuple[subprocess.Popen[str], int]:
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def kill_while_coding(path: Path, moments: int, seed: int) -> None:
    """Let a scripted coder work while the server is killed at random moments; every acknowledged row must be there."""
    chance, number, acknowledged = random.Random(seed), 0, set()
    for _ in range(moments):
        process, port = start(path)
        timer = threading.Timer(chance.uniform(0.0, 0.08), lambda p=process: os.kill(p.pid, signal.SIGKILL))
        timer.start()
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            while True:
                here = {"Origin": f"http://127.0.0.1:{port}", "Content-Type": "application/json"}
                connection.request("POST", "/secret/decisions", json.dumps(row(number)), here)
                if connection.getresponse().read() == b'{"ok":true}':
                    acknowledged.add(f"a_{number}")
                number += 1
        except (OSError, http.client.HTTPException):
            number += 1
        timer.join()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
        kept = {r["assignment_id"] for r in Journal(path, header("tiny", "ann")).rows()}
        assert acknowledged <= kept, f"lost {sorted(acknowledged - kept)[:5]}"
    assert len(acknowledged) > moments / 4


def test_killing_the_server_loses_no_acknowledged_decision(tmp_path: Path) -> None:
    kill_while_coding(tmp_path / "ann.jsonl", 5, seed=1)


@pytest.mark.slow
def test_killing_the_server_two_hundred_times_loses_no_acknowledged_decision(tmp_path: Path) -> None:
    kill_while_coding(tmp_path / "ann.jsonl", 200, seed=2)


def test_the_address_names_the_secret(desk: tuple[Any, Path]) -> None:
    server, _ = desk
    assert address(server, TOKEN).endswith(f":{server.server_address[1]}/{TOKEN}/")
