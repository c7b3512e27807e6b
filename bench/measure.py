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
class Series:
    """Several runs of one command, and the peak of its memory in one more."""

    runs: list = field(default_factory=list)
    peak_mib: float = 0.0

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


def peak(command, folder, environment):
    """The most MiB that the processes of one run held together: resident pages, shared ones counted in each.

    It is sampled, so this run is not one of those that are timed."""
    process = start(command, folder, environment)
    begin = time.monotonic()
    most = 0
    marks = {}
    while process.poll() is None:
        if time.monotonic() > begin + LIMIT_SECONDS:
            os.killpg(process.pid, signal.SIGKILL)
        now = 0
        for pid in tree(process.pid):
            resident, mark = memory(pid)
            now += resident
            marks[pid] = max(mark, marks.get(pid, 0))
        most = max(most, now)
        # What lives for some milliseconds is watched without a pause.
        if time.monotonic() > begin + 0.05:
            time.sleep(0.002)
    # A process of its own is told exactly by its high-water mark, whatever fell between two samples.
    return max([most, *marks.values()]) / 1024


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
