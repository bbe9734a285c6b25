"""A mail server that remembers what it was handed; it speaks just enough SMTP."""

import re
import socketserver
import threading
from collections import Counter


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 postman")
        while line := self.rfile.readline().strip().upper():
            if line == b"DATA":
                self._take()
            elif line == b"QUIT":
                return self._say("221 bye")
            else:
                self._say("250 fine")
        return None

    def _take(self) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        if line:
            self.server.take(b"".join(lines).decode("ascii", "replace"))
            self._say("250 taken")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class Postman(socketserver.ThreadingTCPServer):
    """`arrived()`: how often each message (by the number in its Message-ID) was handed over whole."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Talk)
        self.lock, self.mails = threading.Lock(), []
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def address(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def take(self, mail: str) -> None:
        with self.lock:
            self.mails.append(mail)

    def arrived(self) -> Counter[int]:
        with self.lock:
            return Counter(int(re.search(r"(?mi)^Message-ID: <score-(\d+)-", mail)[1]) for mail in self.mails)

    def handle_error(self, request, client_address) -> None:
        """Who was killed in mid-sentence has nothing more to say."""

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
