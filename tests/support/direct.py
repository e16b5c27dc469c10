"""An outbox without a thread: what is offered is told at once. It fails where a sink hears half of a life."""

from collections.abc import Iterator

from ollama_watch.alerts.notice import Notice
from ollama_watch.sinks.sink import Recording, Sink


class Direct:
    """What one sink was told; it stands for the far side too, and outlives the daemon."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.open: dict[str, str] = {}  # id of what it knows of, by key
        self._settled: list[int] = []

    def offer(self, number: int, notice: Notice, *, perhaps: bool = False) -> None:
        """Take it; `perhaps`: an earlier process may have told it."""
        self._settled.append(number)
        key, known = notice.alert.key, self.open.get(notice.alert.key) == notice.alert.id
        may = known or perhaps or isinstance(self.sink, Recording)  # it is told again after a kill
        assert not notice.quiet or may, f"it should be quiet: {notice}"
        if notice.what == "begin":
            assert notice.alert.state == "firing"
            assert key not in self.open or (perhaps and known), f"a second begin: {notice}"
            self.open[key] = notice.alert.id
        else:
            assert known or perhaps, f"{self.sink.name}: {notice.what} without a begin: {notice}"
        if notice.what == "end":
            self.open.pop(key, None)

    def news(self) -> Iterator[tuple[int, None]]:
        while self._settled:
            yield self._settled.pop(0), None

    def go_on(self) -> None:
        """Nothing waits for that."""
