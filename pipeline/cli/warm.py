"""Commands that Make starts run in copies of one process that has pandas in memory: importing it takes each a second.

The Makefile gives its commands Make's process id (WARM). The first of them runs as ever and starts this module beside
it, which imports what all stages need, listens, and forks for each command that follows; it ends with that Make. What
connects to it hands over its arguments, folder, environment, input and outputs, waits, and takes over the exit status;
where it dies, so does the copy. Linux alone: elsewhere, or where nobody listens, commands run in their own process.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import selectors
import signal
import socket
import struct
import subprocess
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path

WARM = "SAMEWORD_WARM"
LENGTH, STATUS = struct.Struct("!Q"), struct.Struct("!i")
OUTPUTS = (0, 1, 2)  # input, output, errors


def elsewhere(arguments: list[str]) -> int | None:
    """Run a command in a copy of the warm process; return its exit status, or None where it has to run here."""
    make = os.environ.get(WARM, "")
    if sys.platform != "linux" or not make.isdigit():
        return None
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(_address(make))
        except OSError:
            _start(make)
            return None
        if not _mine(connection):
            return None
        environment = {name: value for name, value in os.environ.items() if name != WARM}
        asked = json.dumps([arguments, str(Path.cwd()), environment]).encode()
        try:
            socket.send_fds(connection, [LENGTH.pack(len(asked))], OUTPUTS)
            connection.sendall(asked)
            said = connection.recv(STATUS.size, socket.MSG_WAITALL)
        except (OSError, KeyboardInterrupt):  # the copy hears of Control-C itself
            said = b""
    return int(STATUS.unpack(said)[0]) if len(said) == STATUS.size else 1


def _address(make: str) -> str:
    """Return the socket's name, which is no file: nothing is left behind, and other users' processes are refused."""
    return f"\0sameword-{os.getuid()}-{make}"


def _mine(connection: socket.socket) -> bool:
    """Say whether the other end is this user's process."""
    sent = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return struct.unpack("3i", sent)[1] == os.getuid()


def _start(make: str) -> None:
    # It keeps none of Make's files: whoever reads Make's output would wait for it.
    nothing = subprocess.DEVNULL
    command = [sys.executable, "-m", "pipeline.cli.warm", make]
    subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing)  # noqa: S603  # `make` is digits


def serve(make: int) -> list[str] | None:
    """Listen until Make ends; return None then, and in each copy the arguments of the command it is there for."""
    with socket.socket(socket.AF_UNIX) as listener, selectors.DefaultSelector() as waiting:
        try:
            listener.bind(_address(str(make)))  # another one listens: this one is not needed
            waiting.register(os.pidfd_open(make), selectors.EVENT_READ)
        except (OSError, AttributeError):  # the latter on a Linux older than 5.3
            return None
        _import()
        if _threads() - {"jemalloc_bg_thd"}:  # a fork would copy locks they hold; jemalloc lets go of its own before
            return None
        listener.listen()
        waiting.register(listener, selectors.EVENT_READ, partial(_accept, listener, waiting))
        while True:
            for key, _ in waiting.select():
                if key.data is None:
                    return None
                arguments = key.data()
                if arguments is not None:
                    return arguments


def _import() -> None:
    """Import what every stage needs."""
    for name in ("pandas", "pyarrow.parquet", "pipeline.files", "pipeline.study", "pipeline.tables"):
        importlib.import_module(name)
    gc.freeze()  # copies share what is there now


def _threads() -> set[str]:
    """Return the names of the threads beside this one."""
    others = Path("/proc/self/task").glob("*/comm")
    return {path.read_text().strip() for path in others if path.parent.name != str(os.getpid())}


def _accept(listener: socket.socket, waiting: selectors.BaseSelector) -> list[str] | None:
    """Fork for a command; return its arguments in the copy, else None."""
    connection, _ = listener.accept()
    try:
        if not _mine(connection):
            raise ConnectionError
        length, outputs, _, _ = socket.recv_fds(connection, LENGTH.size, len(OUTPUTS))
        asked = connection.recv(LENGTH.unpack(length)[0], socket.MSG_WAITALL)
        arguments, folder, environment = json.loads(asked)
    except (OSError, ValueError, struct.error):
        connection.close()
        return None
    copy = os.fork()
    if copy:
        for output in outputs:
            os.close(output)
        process = os.pidfd_open(copy)
        waiting.register(process, selectors.EVENT_READ, partial(_ended, copy, process, connection, waiting))
        waiting.register(connection, selectors.EVENT_READ, partial(_left, process, connection, waiting))
        return None
    waiting.close()
    listener.close()
    connection.close()
    for place, output in zip(OUTPUTS, outputs, strict=True):
        os.dup2(output, place)
        os.close(output)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    return list(arguments)


def _ended(copy: int, process: int, connection: socket.socket, waiting: selectors.BaseSelector) -> None:
    """Tell the one that asked how its command ended."""
    status = os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1])
    waiting.unregister(process)
    os.close(process)
    if connection in waiting.get_map():
        waiting.unregister(connection)
    with connection, suppress(OSError):
        connection.sendall(STATUS.pack(status if status >= 0 else 128 - status))


def _left(process: int, connection: socket.socket, waiting: selectors.BaseSelector) -> None:
    """End a command whose asker has died."""
    if connection.fileno() >= 0 and connection in waiting.get_map():
        waiting.unregister(connection)
        signal.pidfd_send_signal(process, signal.SIGKILL)


if __name__ == "__main__":
    given = serve(int(sys.argv[1]))
    if given is not None:
        from pipeline.cli import main

        main(given, prog_name="sameword")
