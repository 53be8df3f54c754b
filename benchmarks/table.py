"""A table of times and their ratios to one row of the same run."""

from dataclasses import dataclass, field


@dataclass
class Table:
    title: str
    base: str
    rows: list[tuple[str, float]] = field(default_factory=list)

    def add(self, name: str, seconds: float) -> None:
        self.rows.append((name, seconds))

    def __str__(self) -> str:
        base = dict(self.rows)[self.base]
        width = max(len(name) for name, _ in self.rows)
        lines = [f"{name:<{width}}  {seconds:9.3f} s  {seconds / base:8.2f} x" for name, seconds in self.rows]
        return "\n".join([self.title, "-" * len(self.title), *lines])
