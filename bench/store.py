"""The sandbox's store of vectors, and a server that keeps what it is sent; each ended by whoever started it."""

import json
import os
import subprocess
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Store:
    """`plumb sandbox`, of which the store of vectors is used."""

    def __init__(self, plumb):
        self.process = subprocess.Popen(
            [plumb, "sandbox", "--until-stdin-closes"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, start_new_session=True)
        told = json.loads(self.process.stdout.readline())
        self.url, self.key = told["endpoints"]["vectors"], told["api_key"]

    def ask(self, method, path, body=None):
        request = urllib.request.Request(
            self.url + path, method=method, data=None if body is None else json.dumps(body).encode(),
            headers={"api-key": self.key, "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def create(self, name, size):
        """Makes a collection, an empty one where there was one of that name."""
        self.ask("DELETE", f"/collections/{name}")
        self.ask("PUT", f"/collections/{name}", {"vectors": {"size": size, "distance": "Cosine"}})

    def pin(self, core):
        """Leaves one core to the store."""
        for thread in os.listdir(f"/proc/{self.process.pid}/task"):
            os.sched_setaffinity(int(thread), {core})

    def stop(self):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Recorder:
    """Answers every request as if it were done, and keeps the bodies as files."""

    DONE = {"result": {"operation_id": 1, "status": "completed", "points": []}, "status": "ok", "time": 0.0}

    def __init__(self, folder):
        os.makedirs(folder, exist_ok=True)
        self.files = []
        recorder = self
        turn = threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def keep(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                with turn:
                    path = f"{folder}/{len(recorder.files)}.json"
                    recorder.files.append(path)
                with open(path, "wb") as file:
                    file.write(body)
                answer = json.dumps(recorder.DONE).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_POST = do_PUT = keep

            def log_message(self, *words):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
