"""A mail server on loopback that keeps what it gets, to be talked to by real SMTP."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message


@dataclass
class MailServer:
    """`refusals` is how many of the next mails are refused for now. At `stands_at` (GREETING, TAKEN, which is before a mail
    that is there is said to be, or QUIT) the next conversation stands still until it `may_go` or the other side is gone.
    """

    port: int = 0
    refusals: int = 0
    stands_at: str = ""
    stands: threading.Event = field(default_factory=threading.Event)
    may_go: threading.Event = field(default_factory=threading.Event)
    thanks: int = 0
    mails: list[tuple[str, Message]] = field(default_factory=list)

    def to(self, address: str) -> list[Message]:
        """The mails for somebody."""
        return [message for recipient, message in self.mails if recipient == address]


class Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, kept: MailServer) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.kept = kept


class Conversation(socketserver.StreamRequestHandler):
    server: Listener

    def handle(self) -> None:
        self._stand("GREETING")
        self._say("220 ready")
        recipient = ""
        while line := self.rfile.readline():
            verb = line.decode().strip()
            if verb.upper().startswith("RCPT TO:"):
                recipient = verb[8:].strip("<> ")
            if verb.upper() == "QUIT":
                self._stand("QUIT")
                self._say("221 bye")
                return
            if verb.upper() == "DATA":
                self._take_mail(recipient)
            else:
                self._say("250 fine")

    def _take_mail(self, recipient: str) -> None:
        kept = self.server.kept
        if kept.refusals:
            kept.refusals -= 1
            self._say("451 try again later")
            return
        self._say("354 go on")
        kept.mails.append((recipient, message_from_bytes(self._read_mail())))
        self._stand("TAKEN")
        self._say("250 taken")
        kept.thanks += 1

    def _read_mail(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines)

    def _stand(self, where: str) -> None:
        kept = self.server.kept
        if kept.stands_at != where:
            return
        kept.stands_at = ""
        kept.stands.set()
        self.connection.settimeout(0.05)
        while not kept.may_go.is_set():
            with suppress(TimeoutError):
                if not self.connection.recv(1, socket.MSG_PEEK):
                    break
        self.connection.settimeout(None)

    def _say(self, words: str) -> None:
        with suppress(OSError):
            self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def receiving_mail() -> Iterator[MailServer]:
    """Listens until the block ends."""
    kept = MailServer()
    with Listener(kept) as server:
        kept.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join()
