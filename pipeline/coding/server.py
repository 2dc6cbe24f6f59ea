"""The page served on this machine: loopback only, a secret in the address, decisions on the disk before the answer."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pipeline.coding import gather, journal
from pipeline.coding.journal import Journal

LOOPBACK = "127.0.0.1"
MOST_BYTES = 1_000_000
MOST_DISCARDED = 16 * MOST_BYTES
Render = Callable[..., str]
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Desk:
    """One packet being worked on, and the journal that its decisions go into."""

    def __init__(self, book: Journal, packet: Mapping[str, Any], check: Callable[[Mapping[str, Any]], str]) -> None:
        self.book, self.packet, self.check = book, packet, check
        self.lock = threading.Lock()

    @classmethod
    def for_coder(cls, path: Path, *, study: str, coder: str, packet: Mapping[str, Any]) -> Desk:
        """Return the desk of a coder; a row must be of the packet and well formed."""
        known = {unit["assignment_id"] for unit in packet["units"]}

        def check(row: Mapping[str, Any]) -> str:
            if row.get("assignment_id") not in known:
                return "this text is not in the packet"
            return journal.row_fault(row)

        return cls(Journal(path, journal.header(study, coder)), packet, check)

    @classmethod
    def for_settling(cls, path: Path, *, study: str, packet: Mapping[str, Any]) -> Desk:
        """Return the desk where differences are settled; an outcome needs its unit (a reason may still be coming)."""
        known = {unit["assignment_id"] for unit in packet["units"]}
        head = {"format": gather.ADJUDICATION, "version": 1, "study": study}

        def check(row: Mapping[str, Any]) -> str:
            if row.get("assignment_id") not in known:
                return "this text is not in the queue"
            return "" if isinstance(row.get("values"), list) else "values is not a list"

        return cls(Journal(path, head), packet, check)

    def take(self, row: Any) -> str:
        """Write one decision; return "" once the disk has it, else what is wrong, in words."""
        fault = self.check(row) if isinstance(row, dict) else "not a decision"
        if fault:
            return fault
        with self.lock:
            try:
                self.book.append(row)
            except OSError as error:
                full = error.errno in (errno.ENOSPC, errno.EDQUOT)
                return "the disk is full; make room" if full else f"the journal cannot be written ({error.strerror})"
        return ""


def token_for(folder: Path, name: str) -> str:
    """Return the secret of a desk's address: made once, mode 0600, so that a restarted server is found again."""
    path = folder / f"{name}.desk"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(24))
    return path.read_text().strip()


def usual_port(*parts: str) -> int:
    """Return the port a desk uses when it is free: the same one each time."""
    return 20_000 + int(hashlib.sha256("\x1f".join(parts).encode()).hexdigest(), 16) % 20_000


class DeskServer(ThreadingHTTPServer):
    """A server of one desk, bound to loopback."""

    daemon_threads = True

    def __init__(self, desk: Desk, render: Render, *, token: str, port: int) -> None:
        self.desk, self.render, self.token = desk, render, token
        super().__init__((LOOPBACK, port), Handler)


def make_server(desk: Desk, render: Render, *, token: str, port: int, fallback: bool = False) -> DeskServer:
    """Return a server bound to loopback. fallback: take a free port where the wanted one is busy."""
    try:
        return DeskServer(desk, render, token=token, port=port)
    except OSError:
        if not fallback:
            raise
        return DeskServer(desk, render, token=token, port=0)


def address(server: DeskServer, token: str) -> str:
    """Return the address a person opens."""
    return f"http://{LOOPBACK}:{server.server_address[1]}/{token}/"


def serve(server: DeskServer) -> None:
    """Serve until Ctrl-C."""
    try:
        server.serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()


class Handler(BaseHTTPRequestHandler):
    """Gives the page and takes decisions; everything else is refused."""

    server: DeskServer
    read = False  # whether the body of the request has been read
    server_version, sys_version, protocol_version, timeout = "Sameword", "", "HTTP/1.1", 30

    def do_GET(self) -> None:
        """Give the page, with what the journal holds."""
        if not self._allowed(origin=False):
            return
        if self.path != f"/{self.server.token}/":
            self._answer(404, "text/plain", "There is nothing here.")
            return
        with self.server.desk.lock:
            rows = self.server.desk.book.rows()
        self._answer(
            200, "text/html; charset=utf-8", self.server.render(self.server.desk.packet, served={"rows": rows})
        )

    def do_POST(self) -> None:
        """Take one decision."""
        self.read = False
        size = self.headers.get("Content-Length", "")
        if not self._allowed(origin=True):
            return
        if self.path != f"/{self.server.token}/decisions":
            self._refuse(404, "there is nothing here")
        elif not size.isdigit() or int(size) > MOST_BYTES:
            self._refuse(413, "too long")
        elif not self.headers.get("Content-Type", "").startswith("application/json"):
            self._refuse(415, "not JSON")
        else:
            content = self.rfile.read(int(size))
            self.read = True
            self._take(content)

    def _take(self, content: bytes) -> None:
        try:
            row = json.loads(content)
        except (ValueError, RecursionError):
            self._refuse(400, "not JSON")
            return
        fault = self.server.desk.take(row)
        if fault:
            self._refuse(507 if "disk" in fault or "journal" in fault else 422, fault)
        else:
            self._answer(200, "application/json", '{"ok":true}')

    def _allowed(self, *, origin: bool) -> bool:
        """Refuse other host names (DNS rebinding) and requests that other pages make."""
        port = self.server.server_address[1]
        hosts = {f"{LOOPBACK}:{port}", f"localhost:{port}"}
        host, source = self.headers.get("Host", ""), self.headers.get("Origin")
        good = host in hosts and (source == f"http://{host}" if origin or source else True)
        if not good:
            self._refuse(403, "asked from elsewhere")
        return good

    def _refuse(self, status: int, why: str) -> None:
        self.close_connection = True
        self._discard()
        self._answer(status, "application/json", json.dumps({"error": why}))

    def _discard(self) -> None:
        """Read a refused body away, within bounds: who is still sending would not hear the answer."""
        size = self.headers.get("Content-Length", "")
        left = min(int(size), MOST_DISCARDED) if size.isdigit() and not self.read else 0
        while left > 0 and (part := self.rfile.read(min(left, 1 << 16))):
            left -= len(part)
        self.read = True

    def _answer(self, status: int, kind: str, text: str) -> None:
        content = text.encode("utf-8")
        self.send_response(status)
        for name, value in {**HEADERS, "Content-Type": kind, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep silent: addresses hold the secret."""
