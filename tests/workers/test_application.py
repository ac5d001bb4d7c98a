"""How messages travel: settings that would lose work if one of them were forgotten."""

from workers.application import CATALOG, ENCODE, LONGEST_STEP_SECONDS, application


def test_nothing_but_json_is_taken_and_sent() -> None:
    conf = application("redis://127.0.0.1:1/0").conf
    assert conf.accept_content == ["json"]
    assert (conf.task_serializer, conf.result_serializer) == ("json", "json")


def test_a_task_is_acknowledged_when_it_is_done() -> None:
    conf = application("redis://127.0.0.1:1/0").conf
    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost
    assert conf.worker_prefetch_multiplier == 1
    assert (conf.worker_pool, conf.worker_concurrency) == ("solo", 1)


def test_the_visibility_timeout_stands_in_all_three_places() -> None:
    conf = application("redis://127.0.0.1:1/0").conf
    assert conf.broker_transport_options["visibility_timeout"] == LONGEST_STEP_SECONDS
    assert conf.result_backend_transport_options["visibility_timeout"] == LONGEST_STEP_SECONDS
    assert conf.visibility_timeout == LONGEST_STEP_SECONDS


def test_there_are_two_queues() -> None:
    conf = application("redis://127.0.0.1:1/0").conf
    assert [queue.name for queue in conf.task_queues] == [ENCODE, CATALOG]
