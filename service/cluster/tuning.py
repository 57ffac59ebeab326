"""PostgreSQL's settings for the machine it runs on."""

import contextlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path

MIB = 1024 * 1024
SHARED_MEMORY = Path("/dev/shm")
CONTAINER_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def memory_bytes() -> int:
    """Return the memory of this machine, or of the container where that has less, in bytes."""
    amounts = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for path in CONTAINER_LIMITS:
        with contextlib.suppress(OSError, ValueError):  # "max" where there is no limit
            amounts.append(int(path.read_text(encoding="ascii")))
    return min(amounts)


def shared_memory_bytes() -> int:
    """Return the size of /dev/shm in bytes: 64 MiB in many a container, too little for parallel queries.

    Zero where there is none that every user may write to.
    """
    with contextlib.suppress(OSError):
        status = os.statvfs(SHARED_MEMORY)
        if SHARED_MEMORY.stat().st_mode & stat.S_IWOTH:
            return status.f_frsize * status.f_blocks
    return 0


def tuned_settings(memory: int, cores: int, *, shared_memory: int, durable: bool) -> Mapping[str, str]:
    """Return settings by name for a machine with this memory (bytes), cores and /dev/shm (bytes).

    A cluster that is not durable, for tests, loses its data when the machine stops, and is quicker for that.
    """
    parallel = max(1, cores)
    settings = {
        "shared_buffers": _mib(memory // 6, 64, 4096 if durable else 512),
        "effective_cache_size": _mib(memory // 2, 128, 65536),
        "work_mem": _mib(memory // 384, 4, 64),
        "maintenance_work_mem": _mib(memory // 32, 32, 1024),
        "max_wal_size": _mib(memory // 4, 512, 4096),
        "max_connections": "100",
        "max_worker_processes": str(max(8, parallel + 4)),
        "max_parallel_workers": str(parallel),
        "max_parallel_workers_per_gather": str(min(parallel, 4)),
        "max_parallel_maintenance_workers": str(min(parallel, 4)),
        "random_page_cost": "1.1",
        "effective_io_concurrency": "200",
        "jit": "off",  # compiling costs more than it saves in queries of some 100 ms
        "dynamic_shared_memory_type": "posix" if shared_memory >= 512 * MIB else "mmap",
    }
    return settings | (_DURABLE if durable else _FOR_TESTS)


_DURABLE = {"wal_compression": "on", "checkpoint_completion_target": "0.9", "log_autovacuum_min_duration": "10s"}
_FOR_TESTS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "checkpoint_timeout": "30min",
}


def _mib(amount: int, least: int, most: int) -> str:
    return f"{min(max(amount // MIB, least), most)}MB"
