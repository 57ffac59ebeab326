import pytest

from service.cluster.tuning import MIB, memory_bytes, tuned_settings

GIB = 1024 * MIB


@pytest.mark.parametrize("memory", [512 * MIB, 2 * GIB, 24 * GIB, 512 * GIB])
@pytest.mark.parametrize("durable", [True, False])
def test_the_server_leaves_most_of_the_memory_to_others(memory: int, durable: bool) -> None:
    settings = tuned_settings(memory, 2, shared_memory=GIB, durable=durable)
    shared = int(settings["shared_buffers"].removesuffix("MB")) * MIB
    assert 64 * MIB <= shared <= min(memory // 4, 4 * GIB)
    assert int(settings["work_mem"].removesuffix("MB")) * MIB <= memory // 100


def test_only_a_cluster_for_tests_risks_its_data() -> None:
    lasting = tuned_settings(GIB, 2, shared_memory=GIB, durable=True)
    assert lasting.get("fsync", "on") == lasting.get("synchronous_commit", "on") == "on"
    assert tuned_settings(GIB, 2, shared_memory=GIB, durable=False)["fsync"] == "off"


def test_parallel_queries_do_without_a_container_s_small_shared_memory() -> None:
    settings = tuned_settings(GIB, 2, shared_memory=64 * MIB, durable=True)
    assert settings["dynamic_shared_memory_type"] == "mmap"


def test_this_machine_s_memory_is_known() -> None:
    assert memory_bytes() > 64 * MIB
