"""Takes files by PUT and keeps the last one: where the peer of Benchmarks/DepositContests.swift uploads to.

    upload_server.py FOLDER

It prints the port it listens on. Files are written and not synced.
"""

import http.server
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])


class Handler(http.server.BaseHTTPRequestHandler):
    def do_PUT(self):
        rest = int(self.headers["Content-Length"])
        with open(folder / "uploaded", "wb") as file:
            while rest:
                piece = self.rfile.read(min(rest, 1 << 20))
                file.write(piece)
                rest -= len(piece)
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
