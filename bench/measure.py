"""Wall time, CPU time and memory of a command and all its descendants."""

import os
import signal
import statistics
import subprocess
import time
from dataclasses import dataclass, field

LIMIT_SECONDS = 300


@dataclass
class Run:
    """One run of a command."""

    wall: float
    cpu: float
    status: int


@dataclass
class Process:
    """One process of a run that was watched."""

    cpu: float = 0.0
    peak_kib: int = 0


@dataclass
class Watched:
    """A run that was watched while it went on: what its processes held together, and each by itself."""

    peak_mib: float = 0.0
    processes: list = field(default_factory=list)
    connections: int = 0
    requests: int = 0


@dataclass
class Series:
    """Several runs of one command, and one more that was watched."""

    runs: list = field(default_factory=list)
    watched: Watched = field(default_factory=Watched)

    @property
    def wall(self):
        return statistics.median(run.wall for run in self.runs)

    @property
    def walls(self):
        return min(run.wall for run in self.runs), max(run.wall for run in self.runs)

    @property
    def cpu(self):
        return statistics.median(run.cpu for run in self.runs)

    @property
    def statuses(self):
        return sorted({run.status for run in self.runs})


def once(command, folder, environment):
    """Runs a command, its output thrown away; CPU counts all descendants that were waited for."""
    begin = time.perf_counter()
    process = start(command, folder, environment)
    # wait4 alone tells the CPU time of this child; a timer ends what does not end.
    pid, raw, usage = wait(process, begin)
    wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(raw)
    return Run(wall, usage.ru_utime + usage.ru_stime, process.returncode)


def wait(process, begin):
    """Waits for a child; kills its group at the limit."""
    def strike(number, frame):
        os.killpg(process.pid, signal.SIGKILL)

    previous = signal.signal(signal.SIGALRM, strike)
    signal.alarm(LIMIT_SECONDS)
    try:
        return os.wait4(process.pid, 0)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)


def start(command, folder, environment):
    return subprocess.Popen(
        command, cwd=folder, env=environment, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def watch(command, folder, environment):
    """Runs a command and looks at its processes every two milliseconds; not one of the runs that are timed.

    The peak is the most MiB that they held together: resident pages, shared ones counted in each. The processes come
    in the order of their start; their CPU time lacks what fell behind the last look."""
    process = start(command, folder, environment)
    begin = time.monotonic()
    most = 0
    seen = {}
    while not has_ended(process):
        if time.monotonic() > begin + LIMIT_SECONDS:
            os.killpg(process.pid, signal.SIGKILL)
        now = 0
        for pid in tree(process.pid):
            resident, mark = memory(pid)
            now += resident
            one = seen.setdefault(pid, Process())
            one.cpu = max(one.cpu, cpu(pid))
            one.peak_kib = max(one.peak_kib, mark)
        most = max(most, now)
        # What lives for some milliseconds is watched without a pause.
        if time.monotonic() > begin + 0.05:
            time.sleep(0.002)
    process.wait()
    # A process of its own is told exactly by its high-water mark, whatever fell between two samples.
    most = max([most, *(one.peak_kib for one in seen.values())])
    return Watched(most / 1024, [one for one in seen.values() if one.peak_kib > 0])


def has_ended(process):
    """Whether a child has ended, which is left to be waited for: until then its processes' figures can be read."""
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def cpu(pid):
    """Seconds of CPU time of a process's living threads."""
    total = 0
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/schedstat") as file:
                total += int(file.read().split()[0])
    except (OSError, IndexError):
        pass
    return total / 1e9


def tree(root):
    """The process and its living descendants."""
    found, open_ = [], [root]
    while open_:
        pid = open_.pop()
        found.append(pid)
        try:
            for thread in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{thread}/children") as file:
                    open_ += [int(child) for child in file.read().split()]
        except OSError:
            pass
    return found


def memory(pid):
    """Resident KiB now, and the most it ever was."""
    values = {}
    try:
        with open(f"/proc/{pid}/status") as file:
            for line in file:
                if line.startswith(("VmRSS:", "VmHWM:")):
                    name, value, _ = line.split()
                    values[name] = int(value)
    except OSError:
        pass
    return values.get("VmRSS:", 0), values.get("VmHWM:", 0)
