"""What a log tells of errors, names and libraries: kinds, places and pseudonyms, and nothing that people sent."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import warnings
from typing import Any

import psycopg
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from service.database import Database
from service.errors import KuntokantaError
from service.logs import configure_logs
from service.logs.failures import kind_of, told_failure
from service.logs.lines import write_line
from service.logs.pseudonyms import pseudonym

SECRET = "Matti Meikäläinen 131052-308T"


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Any:
    """Gives the lines that were logged, as JSON."""
    handlers = logging.getLogger().handlers
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        configure_logs(as_json=True)
        yield lambda: [json.loads(line) for line in capsys.readouterr().err.split("\n") if line]
    logging.getLogger().handlers = handlers
    structlog.reset_defaults()


def test_a_failure_is_told_with_all_that_led_to_it_and_without_what_was_sent(logged: Any) -> None:
    try:
        try:
            int(SECRET)
        except ValueError as error:
            raise KuntokantaError(SECRET) from error
    except KuntokantaError:
        structlog.get_logger().exception("it_failed")
    [line] = logged()
    assert line["event"] == "it_failed"
    assert line["exception"].index("ValueError") < line["exception"].index("KuntokantaError")
    assert "test_what_logs_tell.py" in line["exception"]
    assert SECRET not in str(line)


@given(
    st.text(min_size=4), st.sampled_from([ValueError, KeyError, OSError, RuntimeError, UnicodeError, KuntokantaError])
)
def test_messages_that_may_hold_data_are_told_by_their_kind_alone(sent: str, kind: type[Exception]) -> None:
    assert kind_of(kind(sent)) == kind.__name__


def test_what_the_database_refuses_is_told_by_its_code(database: Database) -> None:
    with pytest.raises(KuntokantaError) as refused, database.reading() as connection:
        connection.execute(text("SELECT CAST(:sent AS text)::integer"), {"sent": SECRET})
    assert "Meik" in str(refused.value.__cause__)
    assert "SQLSTATE 22P02" in told_failure(refused.value)
    assert "Meik" not in told_failure(refused.value)


def test_a_database_that_cannot_be_reached_is_named_without_the_password() -> None:
    with pytest.raises(psycopg.OperationalError) as unreached:
        psycopg.connect("postgresql://keeper:hush-hush@127.0.0.1:1/none")
    assert "127.0.0.1" in kind_of(unreached.value)
    assert "hush-hush" not in kind_of(unreached.value)


def test_what_libraries_say_is_told_without_the_values_in_it(logged: Any) -> None:
    logging.getLogger("a.library").warning("refused %s of row %d: %r", SECRET, 7, ValueError(SECRET))
    warnings.warn(SECRET, RuntimeWarning, stacklevel=1)
    said, warned = logged()
    assert said["says"] == "refused %s of row %d: %r ['…', 7, 'ValueError']"
    assert (warned["event"], warned["category"]) == ("warning", "RuntimeWarning")
    assert "Meik" not in str((said, warned))


def test_a_pseudonym_stands_for_one_name_and_cannot_be_guessed_without_the_key() -> None:
    show = "from service.logs.pseudonyms import pseudonym, use_key; use_key({!r}); print(pseudonym({!r}))"

    def elsewhere(key: str | None, name: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", show.format(key, name)], capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    assert pseudonym("Planning") == pseudonym("Planning") != pseudonym("planning")
    assert elsewhere("a key", "Planning") == elsewhere("a key", "Planning") != elsewhere("another", "Planning")
    assert elsewhere(None, "Planning") != elsewhere(None, "Planning")


def test_a_line_is_one_line_of_json_whatever_it_holds(logged: Any) -> None:
    write_line(event="request", route='/a/"\n\u2028', status=200, by=None)
    [line] = logged()
    assert line["route"] == '/a/"\n\u2028'
    assert line["timestamp"].endswith("Z")
