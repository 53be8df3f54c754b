"""How each engine is opened, finds a table or a query, answers and is stopped; everything else is one and the same.

Ibis (requirements-warehouse.txt) is imported only here, and only when a connection is opened.
"""

from contextlib import suppress
from glob import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pandas as pd

from kpi_sources.warehouse_file import Connection
from models.language import tr
from models.refused import Refused

CONNECT = 15  # seconds for a server to answer at all


def ibis_package() -> Any:
    try:
        import ibis
    except ImportError:
        raise Refused(
            tr("reading warehouses needs the packages of requirements-warehouse.txt: pip install -r {file}.",
               file="requirements-warehouse.txt")
        ) from None  # fmt: skip
    return ibis


class Engine:
    """An engine that Ibis connects to by its URL (with its secrets). `backend` is Ibis' own."""

    def __init__(self, connection: Connection, url: str, options: dict[str, str]):
        self.connection, self.url, self.options = connection, url, options
        self.backend = self._opened(ibis_package())

    def _opened(self, ibis: Any) -> Any:
        try:
            return ibis.connect(self.url)
        except ImportError as error:
            raise Refused(
                tr("its packages are not installed ({reason}): pip install {extra}.", reason=error,
                   extra=f"'ibis-framework[{self.connection.kind}]'")
            ) from None  # fmt: skip

    @property
    def counts_nearly(self) -> bool:
        """Whether Ibis counts distinct values only nearly."""
        return self.backend.name == "clickhouse"

    def table(self, name: str) -> Any:
        *above, last = name.split(".")
        try:
            return self.backend.table(last, database=tuple(above) or None)
        except Exception as error:
            if type(error).__name__ != "TableNotFound":
                raise
            raise Refused(
                tr("there is no table {table}, or the account may not see it.", table=repr(name))
            ) from None  # fmt: skip

    def query(self, sql: str) -> Any:
        """The rows of a query. An engine that is not opened to read only is given nothing but one question."""
        only_a_question(sql, self.backend.name)
        return self.backend.sql(sql)

    def answer(self, question: Any) -> pd.DataFrame:
        return question.to_pyarrow().to_pandas()

    def sql(self, question: Any) -> str:
        return str(self.backend.compile(question))

    def stop(self) -> None:
        """The question under way is not to go on; called from another thread."""
        raw = getattr(self.backend, "con", None)
        for name in ("interrupt", "cancel_safe", "cancel"):
            if hasattr(raw, name):
                with suppress(Exception):
                    getattr(raw, name)()
                return

    def close(self) -> None:
        with suppress(Exception):
            self.backend.disconnect()


class DuckDbFile(Engine):
    def _opened(self, ibis: Any) -> Any:
        path = Path(self.url.partition(":")[2].removeprefix("//"))
        if not path.is_file():
            raise Refused(tr("there is no file {file}.", file=path))
        return ibis.duckdb.connect(path, read_only=True, autoinstall_known_extensions="false")

    def query(self, sql: str) -> Any:
        """As DuckDB itself reads it: what is opened to read only could still write files with a second statement."""
        statements = self.backend.con.extract_statements(sql)
        if [statement.type.name for statement in statements] != ["SELECT"]:
            raise Refused(tr("`sql` has to be one query that only reads."))
        return self.backend.sql(sql)


class ParquetFolder(Engine):
    """A table is a file of the folder, or all Parquet files below a folder in it."""

    def _opened(self, ibis: Any) -> Any:
        if not Path(self.url.partition(":")[2]).is_dir():
            raise Refused(tr("there is no folder {folder}.", folder=self.url.partition(":")[2]))
        return ibis.duckdb.connect(autoinstall_known_extensions="false")

    def table(self, name: str) -> Any:
        return self._read(name)

    def query(self, sql: str) -> Any:
        """In a query too, a table is a file or folder of its name."""
        for name in only_a_question(sql, "duckdb"):
            self._read(name, table_name=name)
        return self.backend.sql(sql)

    def _read(self, table: str, **named: str) -> Any:
        """By name, with types that hold the values of every file: a column may come, or become wider, later."""
        return self.backend.read_parquet(self._files(table), union_by_name=True, **named)

    def _files(self, table: str) -> list[str]:
        folder = Path(self.url.partition(":")[2]).resolve()
        found = (folder / table).resolve()
        if not found.is_relative_to(folder):
            raise Refused(tr("the table {table} leads out of the folder.", table=repr(table)))
        if found.is_dir():
            files = [str(path) for path in sorted(found.rglob("*.parquet")) if self._is_whole(path.relative_to(found))]
            if not files:
                raise Refused(tr("the folder {table} holds no Parquet file.", table=repr(table)))
            return [escape(file) for file in files]
        file = found if found.suffix == ".parquet" else found.with_name(found.name + ".parquet")
        if not file.is_file():
            raise Refused(tr("the folder has no table {table}.", table=repr(table)))
        return [escape(str(file))]

    @staticmethod
    def _is_whole(path: Path) -> bool:
        """Not one that is still being written: such files and folders begin with a line or a dot, as Spark has it."""
        return not any(part.startswith(("_", ".")) and "=" not in part for part in path.parts)


class Postgres(Engine):
    """Every transaction only reads."""

    def _opened(self, ibis: Any) -> Any:
        parts = urlsplit(self.url)
        return ibis.postgres.connect(
            host=parts.hostname,
            port=parts.port or 5432,
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            database=unquote(parts.path.lstrip("/")) or None,
            connect_timeout=CONNECT,
            options=f"-c statement_timeout={int(self.connection.timeout * 1000)} -c default_transaction_read_only=on "
            "-c datestyle=ISO,YMD",  # a text such as 05/03/2026 is no day, as in the other engines
            **dict(parse_qsl(parts.query)),
        )

    def query(self, sql: str) -> Any:
        """Its columns are named by a temporary view, made in a transaction that is rolled back; a view can hold nothing
        that writes."""
        view = "needle_columns"
        try:
            columns = self._columns(view, sql)
        except Exception as error:
            said = (str(error) or "?").splitlines()[0]
            if "multiple commands" in said:
                raise Refused(tr("`sql` has to be one query that only reads.")) from None
            if type(error).__name__ != "InsufficientPrivilege" or "temporary" not in said:
                raise
            raise Refused(
                tr("{reason}: `sql` needs GRANT TEMPORARY ON DATABASE for the account, or a view as its table.",
                   reason=said)
            ) from None  # fmt: skip
        return self.backend.sql(sql, schema=columns)

    def _columns(self, view: str, sql: str) -> Any:
        with self.backend.con.transaction(force_rollback=True), self.backend.con.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ WRITE")
            cursor.execute(
                f"CREATE TEMPORARY VIEW {view} AS {sql}", prepare=True
            )  # so that it can be one statement only
            return self.backend.get_schema(view)


def only_a_question(sql: str, dialect: str) -> list[str]:
    """Refuses what is not one query that only reads; the names of the tables that it reads. sqlglot comes with Ibis."""
    import sqlglot
    from sqlglot import expressions as words

    try:
        parsed = sqlglot.parse(sql, read={"pyspark": "spark"}.get(dialect, dialect))
    except sqlglot.errors.ParseError as error:
        raise Refused(tr("the query of `sql` cannot be read: {reason}", reason=str(error).splitlines()[0])) from None
    writes = (words.DML, words.DDL, words.Command)
    question = parsed[0] if len(parsed) == 1 else None
    if not isinstance(question, words.Query) or any(
        isinstance(part, writes) and not isinstance(part, words.Query) for part in question.walk()
    ):
        raise Refused(tr("`sql` has to be one query that only reads."))
    own = {part.alias for part in question.find_all(words.CTE)}
    named = {part.name for part in question.find_all(words.Table) if isinstance(part.this, words.Identifier)}
    return sorted(named - own)


def opened(connection: Connection, url: str, options: dict[str, str]) -> Engine:
    """The engine of a connection; raises Refused, or whatever its driver raises."""
    if connection.kind in ("spark", "sc"):
        from kpi_sources.warehouse_spark import Spark

        return Spark(connection, url, options)
    kinds = {"duckdb": DuckDbFile, "parquet": ParquetFolder, "postgres": Postgres}
    return kinds.get(connection.kind, Engine)(connection, url, options)
