"""A mail server on loopback that keeps what it gets, to be talked to by real SMTP."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message


@dataclass
class MailServer:
    """`refusals` is how many of the next mails are refused for now."""

    port: int = 0
    refusals: int = 0
    mails: list[tuple[str, Message]] = field(default_factory=list)

    def to(self, address: str) -> list[Message]:
        """The mails for somebody."""
        return [message for recipient, message in self.mails if recipient == address]


@contextmanager
def receiving_mail() -> Iterator[MailServer]:
    """Listens until the block ends."""
    kept = MailServer()

    class Conversation(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 ready")
            recipient = ""
            while line := self.rfile.readline():
                verb = line.decode().strip().upper()
                if verb.startswith("RCPT TO:"):
                    recipient = line.decode().strip()[8:].strip("<> ")
                if verb.startswith("QUIT"):
                    self._say("221 bye")
                    return
                if verb == "DATA" and kept.refusals:
                    kept.refusals -= 1
                    self._say("451 try again later")
                elif verb == "DATA":
                    self._say("354 go on")
                    kept.mails.append((recipient, message_from_bytes(self._read_mail())))
                    self._say("250 taken")
                else:
                    self._say("250 fine")

        def _read_mail(self) -> bytes:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line)
            return b"".join(lines)

        def _say(self, words: str) -> None:
            self.wfile.write(f"{words}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
        server.daemon_threads = True
        kept.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join()
