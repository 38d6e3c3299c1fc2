"""Own history beside a value: the usual band of the same KPI, split in the same way (CM2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from deskpulse.errors import ConfigError
from deskpulse_reports.analysis.benchmark import Band, band, by_weekday, monthly
from deskpulse_reports.kpis.answers import Answers
from deskpulse_reports.kpis.buckets import bucket_of, first_day, to_date
from deskpulse_reports.kpis.cells import Answer, Dims, Key
from deskpulse_reports.kpis.question import Question
from deskpulse_reports.kpis.spec import AnySpec

WEEKS = 12
MONTHS = 12


class Benchmark:
    """The bands of an answer's rows: a month against twelve months, a day against its weekday.

    A week is compared with twelve weeks. Only whole periods since the first day with data count.
    Raises ConfigError for hours, and for no buckets at all.
    """

    def __init__(self, answers: Answers, spec: AnySpec, question: Question, answer: Answer) -> None:
        if question.every in (None, "hour"):
            raise ConfigError(
                f"{spec.id}: a benchmark needs days, weeks or months to compare",
                hint="Ask with --every day, week or month.",
            )
        self._question = question
        days = answers.extents.of(spec, question.attribution)
        self._since = to_date(days[0] if days else question.first)
        history = replace(question, first=self._reach, last=question.first - 1, spread=False)
        self._values: dict[Dims, dict[date, float | None]] = {}
        for (bucket, dims), cell in (
            *answers.of(spec, history).cells.items(),
            *answer.cells.items(),
        ):
            self._values.setdefault(dims, {})[self._day(bucket)] = cell.value

    def band(self, key: Key) -> Band | None:
        """The band of a row; None where there is too little history."""
        bucket, dims = key
        values, day = self._values.get(dims, {}), self._day(bucket)
        if self._question.every == "month":
            return monthly(values, day, self._since)
        if self._question.every == "day":
            return by_weekday(values, day, self._since, WEEKS)
        earlier = (day - timedelta(weeks=number) for number in range(1, WEEKS + 1))
        return band([values.get(one) for one in earlier if one >= self._since], values.get(day))

    @property
    def _reach(self) -> int:
        question = self._question
        if question.every != "month":
            return question.first - 7 * (WEEKS + 1)
        month = bucket_of(question.first, "month", 0) - MONTHS
        return first_day(month, "month", 0)

    def _day(self, bucket: int) -> date:
        every = self._question.every
        assert every is not None
        return to_date(first_day(bucket, every, self._question.week_start))
