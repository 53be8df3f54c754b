"""Spark: in this process (spark:local[2], spark://host:7077), or far away through Spark Connect (sc://host:15002).

A session of our own keeps what is asked the same everywhere: days are those of UTC, and what does not fit a type is an
error and not an empty value (ANSI), also on clusters that are set up otherwise.
"""

import threading
from contextlib import suppress
from typing import Any

import pandas as pd

from kpi_sources.warehouse_engines import Engine
from models.language import tr
from models.refused import Refused

ALIKE = {"spark.sql.ansi.enabled": "true", "spark.sql.session.timeZone": "UTC"}
QUIET = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.sql.shuffle.partitions": "8",  # the default of 200 is for clusters
}
_OPEN = threading.Lock()
_users = 0  # of the Spark that was started here; the last one stops it


class Spark(Engine):
    def _opened(self, ibis: Any) -> Any:
        try:
            far = self.connection.kind == "sc"
            self._session = self._far() if far else self._here()
        except ImportError:
            raise Refused(
                tr("Spark needs its packages: pip install {packages}, and Java 17 for a Spark of your own.",
                   packages="'ibis-framework[pyspark]' 'pyspark[connect]'")
            ) from None  # fmt: skip
        for name, value in (ALIKE | (self.options if far else {})).items():
            self._session.conf.set(name, value)
        return ibis.pyspark.connect(self._session)

    def _far(self) -> Any:
        from pyspark.sql.connect.session import SparkSession

        return SparkSession.builder.remote(self.url).create()

    def _here(self) -> Any:
        """A new session of the Spark of this process, which is started when there is none. Its settings can be given
        only then; those of SQL are the session's own."""
        global _users  # noqa: PLW0603
        from pyspark import SparkContext
        from pyspark.sql import SparkSession

        master = self.url if self.url.startswith("spark://") else self.url.partition(":")[2]
        with _OPEN:
            self._ours = _users > 0 or SparkContext._active_spark_context is None
            settings = SparkSession.builder.master(master).appName("Needle")
            for name, value in (QUIET | self.options).items():
                settings = settings.config(name, value)
            session = settings.getOrCreate()
            _users += self._ours
        return session.newSession()

    def answer(self, question: Any) -> pd.DataFrame:
        """By way of Arrow: Spark's own way to pandas does not know pandas 3."""
        return self.backend.raw_sql(self.sql(question)).toArrow().to_pandas()

    def stop(self) -> None:
        with suppress(Exception):
            self._session.interruptAll()

    def close(self) -> None:
        global _users  # noqa: PLW0603
        with suppress(Exception):
            if self.connection.kind == "sc":
                self._session.stop()
                return
            with _OPEN:
                _users -= self._ours
                if self._ours and not _users:
                    self._session.stop()
