"""A tiny IMAP server on a real socket (RFC 3501, UIDPLUS), enough to test what the site does to a mailbox."""

from __future__ import annotations

import re
import socketserver
import threading
from dataclasses import dataclass, field


@dataclass
class Mail:
    content: bytes
    flags: set[str] = field(default_factory=set)


@dataclass
class ImapStub:
    """A mailbox by UID; `lines` are the commands that came; `refuse` names a command to answer with NO."""

    mails: dict[int, Mail] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    refuse: str = ""
    uidplus: bool = True

    def __enter__(self) -> ImapStub:
        stub = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.wfile.write(b"* OK ready\r\n")
                for line in self.rfile:
                    tag, _space, command = line.decode().strip().partition(" ")
                    stub.lines.append(command)
                    refused = stub.refuse and stub.refuse in command.upper()
                    self.wfile.write(b"" if refused else stub.answer(command))
                    self.wfile.write(f"{tag} {'NO refused' if refused else 'OK done'}\r\n".encode())
                    if command.upper() == "LOGOUT":
                        return

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"imap://letters%40site.example:p%2Fw%22x@127.0.0.1:{self._server.server_address[1]}/Returned%20mail"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def add(self, *contents: bytes) -> None:
        for content in contents:
            uid = max(self.mails, default=0) + 1
            self.mails[uid] = Mail(content.replace(b"\n", b"\r\n"))

    def answer(self, command: str) -> bytes:
        """The untagged lines before the tagged OK."""
        if command == "CAPABILITY":
            return b"* CAPABILITY IMAP4rev1" + (b" UIDPLUS" if self.uidplus else b"") + b"\r\n"
        if command.startswith("SELECT"):
            return f"* {len(self.mails)} EXISTS\r\n".encode()
        if command.startswith("UID SEARCH"):
            skipped = {"\\Deleted", command.rpartition(" ")[2]}
            return f"* SEARCH {' '.join(str(uid) for uid, mail in self.mails.items() if not mail.flags & skipped)}\r\n".encode()
        if found := re.fullmatch(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", command):
            uid, most = int(found[1]), int(found[2])
            part = self.mails[uid].content[:most]
            return f"* 1 FETCH (UID {uid} BODY[]<0> {{{len(part)}}}\r\n".encode() + part + b")\r\n"
        if found := re.fullmatch(r"UID STORE (\d+) \+FLAGS\.SILENT \((.*)\)", command):
            self.mails[int(found[1])].flags |= set(found[2].split())
        if found := re.fullmatch(r"UID EXPUNGE (\d+)", command):
            del self.mails[int(found[1])]
        return b""
