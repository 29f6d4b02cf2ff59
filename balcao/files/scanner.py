"""Asking ClamAV about a file, by its INSTREAM command: the bytes go to it, no path does."""

import socket
from typing import IO

_CHUNK = 256 * 1024
_PATIENCE = 60.0
_LONGEST_ANSWER = 4096


class Unreachable(OSError):
    """The scanner does not answer, or not as one."""


def is_infected(content: IO[bytes], *, where: str) -> bool:
    """Whether the scanner at ``where`` ("host:port", or the path of its socket) finds something.

    Raises Unreachable when it says neither yes nor no.
    """
    try:
        with _connected(where) as scanner:
            scanner.sendall(b"zINSTREAM\0")
            while chunk := content.read(_CHUNK):
                scanner.sendall(len(chunk).to_bytes(4, "big") + chunk)
            scanner.sendall(bytes(4))
            answer = _answer(scanner)
    except (OSError, ValueError) as error:
        raise Unreachable(str(error)) from error
    if answer.endswith(b" FOUND"):
        return True
    if answer.endswith(b": OK"):
        return False
    raise Unreachable(answer.decode("ascii", "replace")[:200])


def _connected(where: str) -> socket.socket:
    if where.startswith("/"):
        scanner = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        scanner.settimeout(_PATIENCE)
        try:
            scanner.connect(where)
        except OSError:
            scanner.close()
            raise
        return scanner
    host, _colon, port = where.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE)


def _answer(scanner: socket.socket) -> bytes:
    """What it says until the zero byte."""
    answer = b""
    while b"\0" not in answer and len(answer) < _LONGEST_ANSWER:
        piece = scanner.recv(_LONGEST_ANSWER)
        if not piece:
            break
        answer += piece
    return answer.partition(b"\0")[0].strip()
