"""Stands where the `portico` command stands: does nothing but what a run can see of it. See test_run.py."""

import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Ready(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/readyz" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


word = sys.argv[1]
print(f"portico {' '.join(sys.argv[1:])} PORT={os.environ['PORT']}", flush=True)
if word == os.environ.get("FAILS"):
    sys.exit("the tables are older than the code can read")
if word == os.environ.get("KILLED"):
    os.kill(os.getpid(), signal.SIGKILL)
if word == "serve":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Ready).serve_forever()
if word == "worker":
    signal.pause()
