"""The machine, and whether somebody else used it meanwhile."""

import os
import platform
import time
from pathlib import Path

PROBE_ROUNDS = 7


def description() -> dict[str, str | int]:
    names = [
        line.partition(":")[2].strip()
        for line in read("/proc/cpuinfo").splitlines()
        if line.startswith("model name")
    ]
    memory = read("/proc/meminfo").partition("\n")[0].split()
    return {
        "processor": names[0] if names else platform.processor(),
        "cores": os.cpu_count() or 0,
        "pinned to": len(os.sched_getaffinity(0)),
        "memory (GiB)": round(int(memory[1]) / 2**20) if len(memory) > 1 else 0,
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def contention() -> float:
    """How many times longer a fixed piece of work takes than its own processor time: 1.0 is alone.

    The median of several rounds on every core at once would disturb itself; one thread is enough.
    """
    ratios = []
    for _ in range(PROBE_ROUNDS):
        wall, cpu = time.perf_counter(), time.process_time()
        sum(number * number for number in range(600_000))
        ratios.append((time.perf_counter() - wall) / (time.process_time() - cpu))
    return sorted(ratios)[PROBE_ROUNDS // 2]


def cpu_seconds(pid: int) -> float:
    """Processor time of a process so far, user and system."""
    fields = read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int, *, peak: bool = False) -> float:
    """Resident memory of a process in MB, now or at its highest."""
    name = "VmHWM:" if peak else "VmRSS:"
    for line in read(f"/proc/{pid}/status").splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def cpu_of_tree(pid: int) -> float:
    """Processor time of a process and of those it started."""
    children = read(f"/proc/{pid}/task/{pid}/children").split()
    return cpu_seconds(pid) + sum(cpu_of_tree(int(child)) for child in children)
