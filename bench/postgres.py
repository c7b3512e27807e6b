"""A private PostgreSQL on a free loopback port, in a folder of its own, ended by its pid."""

import glob
import os
import shutil
import socket
import subprocess
import time

OWNER = "plumb_bench"


def binaries():
    """The folder of the server's programs, fetched where there is none; None where it cannot be had.

    Debian's package is unpacked, not installed: it would start a server of its own where the machine has an init.
    """
    folders = [os.environ.get("PLUMB_POSTGRES_BIN", ""), *os.environ.get("PATH", "").split(":")]
    folders += sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)
    known = next((folder for folder in folders if os.path.exists(f"{folder}/initdb")), None)
    if known:
        return known
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "scripts", "postgres-server")
    fetched = subprocess.run([script], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, timeout=900)
    return fetched.stdout.strip() if fetched.returncode == 0 else None


class Postgres:
    """A server whose data is not safe from a crash, as that is nothing a benchmark of clients should wait for."""

    def __init__(self, folder, max_connections=100):
        programs = binaries()
        if programs is None:
            raise SystemExit("bench: there is no PostgreSQL: name the folder of its programs in PLUMB_POSTGRES_BIN")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        os.makedirs(folder)
        self.as_owner = []
        if os.getuid() == 0:
            # The server refuses to run for root.
            shutil.chown(folder, "nobody", "nogroup")
            os.chmod(os.path.dirname(folder), 0o755)
            self.as_owner = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(
            [*self.as_owner, f"{programs}/initdb", "-D", f"{folder}/data", "-U", OWNER, "--auth=trust", "-N", "-E",
             "UTF8", "--locale=C"], check=True, cwd=folder, **quiet)
        self.process = subprocess.Popen(
            [*self.as_owner, f"{programs}/postgres", "-D", f"{folder}/data", "-p", str(self.port), "-k", folder, "-c",
             "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", f"max_connections={max_connections}"],
            cwd=folder, **quiet)
        self.pgbench = shutil.which("pgbench") or f"{programs}/pgbench"
        self.psql = shutil.which("psql") or f"{programs}/psql"
        deadline = time.monotonic() + 20
        while self.ask("SELECT 1") != "1":
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise SystemExit("bench: PostgreSQL does not start")
            time.sleep(0.05)

    @property
    def place(self):
        return ["-h", "127.0.0.1", "-p", str(self.port), "-U", OWNER]

    def ask(self, statement):
        """The text of a statement's answer; None where it has none."""
        result = subprocess.run(
            [self.psql, *self.place, "-d", "postgres", "-X", "-A", "-t", "-c", statement], capture_output=True, text=True)
        return result.stdout.strip() if result.returncode == 0 else None

    def stop(self):
        self.process.send_signal(2)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
