"""The DuckDB of a process that has a shared store; with a real catalogue in tests/engines/test_shared_store.py."""

import threading
from types import SimpleNamespace

import duckdb
import pytest

from data.gate import StoreAway
from data.lake_database import LakeDatabase


def test_a_catalogue_that_goes_away_while_it_is_attached_is_told(tmp_path, monkeypatch):
    database = LakeDatabase(SimpleNamespace(name="needle on db", conninfo="dbname=needle host=db"), tmp_path)

    def gone(_connection, **_):
        raise database.told(duckdb.IOException("unable to connect to Postgres: connection refused"))

    def ask():
        with pytest.raises(StoreAway, match="the database needle on db of the shared store cannot be reached"):
            database.kept()
        told.append(True)

    monkeypatch.setattr(database, "attach_to", gone)
    told = []
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(10)
    assert told  # and not still waiting for itself
