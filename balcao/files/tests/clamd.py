"""A scanner for the tests, and what it finds."""

import contextlib
import socket
import threading

# The test file of the antivirus trade, in two pieces: this one is to be left in peace.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Double:
    """A clamd that knows one virus and answers as the protocol says."""

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.where = f"127.0.0.1:{self.server.getsockname()[1]}"
        self.asked: list[bytes] = []
        self.answer = b""
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                taken, _address = self.server.accept()
            except OSError:
                return
            with taken, taken.makefile("rb") as sent:
                assert sent.read(10) == b"zINSTREAM\0"
                content = b""
                while size := int.from_bytes(sent.read(4), "big"):
                    content += sent.read(size)
                self.asked.append(content)
                found = b"stream: Test-Signature FOUND" if EICAR in content else b"stream: OK"
                taken.sendall((self.answer or found) + b"\0")

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()
