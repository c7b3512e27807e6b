"""nginx on a free loopback port, in a folder of its own, ended by its pid."""

import os
import shutil
import socket
import subprocess
import time
import urllib.request

ITEM = '{"id": 7, "name": "widget", "price": 9.5, "tags": ["a", "b"], "nested": {"ok": true}}'
# Each answer another one.
CHANGING = ITEM.replace("widget", "$request_id")


class Service:
    """Answers ITEM at /api/item, CHANGING at /api/changing, and the files of `files` at /files/."""

    def __init__(self, folder, files):
        program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/sbin")
        if program is None:
            raise SystemExit("bench: nginx is missing: apt install nginx")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        os.makedirs(folder, exist_ok=True)
        config = os.path.join(folder, "nginx.conf")
        paths = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"])
        # As root the worker would become a user who cannot read the folder.
        user = "user root;" if os.getuid() == 0 else ""
        with open(config, "w") as file:
            file.write(f"""daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log; {user}
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 1000000; sendfile on; default_type application/json; {paths}
  server {{
    listen 127.0.0.1:{self.port};
    location = /counts {{ stub_status; }}
    location = /api/item {{ return 200 '{ITEM}'; }}
    location = /api/changing {{ return 200 '{CHANGING}'; }}
    location /files/ {{ alias {files}/; }}
  }}
}}
""")
        self.process = subprocess.Popen(
            [program, "-c", config, "-e", f"{folder}/error.log"], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self.stop()
                    raise SystemExit(f"bench: nginx does not start; see {folder}/error.log")
                time.sleep(0.01)

    def counts(self):
        """Connections and requests since the start; asking is one of each."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/counts", timeout=10) as answer:
            accepted, _, requests = answer.read().decode().split("\n")[2].split()
        return int(accepted), int(requests)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
