"""Is a change more than noise?

A difference is called "more" or "less" when the 95 % interval of the change leaves out "no change".
So one in twenty comparisons of equal things is called a change: on a page with forty KPIs expect
two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from deskpulse_reports import words
from deskpulse_reports.analysis.interval import count_ratio, difference, newcombe, student
from deskpulse_reports.analysis.sample import FEWEST, Moments, Sample

Verdict = Literal["more", "less", "noise", "too few"]


@dataclass(frozen=True, slots=True)
class Change:
    """A value before and now, and what to think of it.

    `absolute` is now - before, `percent` the same in percent of before: None under the minimum
    sample and for a base of 0. `low` and `high` are 95 % bounds, of the difference or (counts) of
    the ratio now / before, as `scale` says; None where there is no bound. `words` is a sentence
    part that says neither better nor worse: that depends on the KPI.
    """

    before: float | None
    now: float | None
    absolute: float | None
    percent: float | None
    low: float | None
    high: float | None
    verdict: Verdict
    words: str
    scale: Literal["difference", "ratio"] = "difference"


def rate_change(
    k_before: int, n_before: int, k_now: int, n_now: int, *, minimum: int = words.MINIMUM_SAMPLE
) -> Change:
    """Compare two rates k / n by Newcombe's interval of their difference (0..1, not percent).

    Raises ValueError for a k outside 0..n.
    """
    for k, n in ((k_before, n_before), (k_now, n_now)):
        if not 0 <= k <= n:
            raise ValueError(f"{k} of {n} is not a rate: it takes 0 <= k <= n")
    before = k_before / n_before if n_before else None
    now = k_now / n_now if n_now else None
    fewer = min(n_before, n_now)
    bounds = newcombe(k_before, n_before, k_now, n_now) if fewer >= FEWEST else None
    percent = _percent(before, now) if fewer >= minimum else None
    return _difference(before, now, bounds, cases=(n_before, n_now), percent=percent, say=_points)


def count_change(
    before: int,
    now: int,
    *,
    exposure: float = 1.0,
    dispersion: float = 1.0,
    minimum: int = words.MINIMUM_SAMPLE,
) -> Change:
    """Compare two counts of events by the interval of their ratio.

    `exposure` is how long now is in units of before (half a week against a whole one: 0.5); the
    Change then holds before scaled to now's length. `dispersion` is what `dispersion()` says of
    such counts: contacts come in bunches, and then a Poisson interval is too narrow.
    Raises ValueError for a negative count, an exposure not above 0 or a dispersion below 1.
    """
    if before < 0 or now < 0:
        raise ValueError(f"counts are 0 or more; came: {before} and {now}")
    if exposure <= 0 or dispersion < 1:
        raise ValueError(
            f"exposure is above 0 and dispersion 1 or more; came: {exposure} and {dispersion}"
        )
    base = before * exposure if exposure != 1 else before
    absolute = now - base
    if before + now < FEWEST:
        told = _too_few(before, now)
        return Change(base, now, absolute, None, None, None, "too few", told, "ratio")
    low, high = count_ratio(before, now, exposure, dispersion)
    verdict = _verdict(low, high, 1.0)
    percent = _percent(base, now) if min(before, now) >= minimum else None
    size = words.number(abs(absolute)) if percent is None else f"{abs(percent):,.0f} %"
    told = _tell(verdict, absolute, size, _times(low, high))
    return Change(base, now, absolute, percent, low, high, verdict, told, "ratio")


def median_change(
    before: Sample | Iterable[float | None],
    now: Sample | Iterable[float | None],
    *,
    unit: str = "seconds",
    clock: str = "calendar",
    minimum: int = words.MINIMUM_SAMPLE,
) -> Change:
    """Compare two medians by an interval that assumes nothing about the distribution.

    Each median's own bounds are order statistics (see `Sample`); their distances add up in squares.
    Takes the values, or a `Sample` of quantiles from the database. `unit` and `clock` are for the
    words.
    """
    old = before if isinstance(before, Sample) else Sample.of(before)
    new = now if isinstance(now, Sample) else Sample.of(now)
    bounds = difference(old.estimate, new.estimate) if old.estimate and new.estimate else None
    enough = min(old.n, new.n) >= minimum
    percent = _percent(old.median, new.median) if enough else None
    return _difference(
        old.median,
        new.median,
        bounds,
        cases=(old.n, new.n),
        percent=percent,
        say=_in_unit(unit, clock),
    )


def mean_change(
    before: Moments,
    now: Moments,
    *,
    unit: str = "score",
    clock: str = "calendar",
    minimum: int = words.MINIMUM_SAMPLE,
) -> Change:
    """Compare two means (AHT, CES, NPS as the mean of -100, 0 and 100) by Welch's interval."""
    bounds = None
    fewer = min(before.n, now.n)
    if fewer >= FEWEST:
        bounds = _welch(before, now)
    percent = _percent(before.mean, now.mean) if fewer >= minimum else None
    return _difference(
        before.mean,
        now.mean,
        bounds,
        cases=(before.n, now.n),
        percent=percent,
        say=_in_unit(unit, clock),
    )


def dispersion(groups: Iterable[Sequence[float]]) -> float:
    """How much more counts vary than Poisson counts would: variance over mean, at least 1.

    Each group holds counts that should be alike (the Mondays, the Tuesdays, ...); squares and
    degrees of freedom are pooled over the groups. 1 where there is nothing to learn from.
    """
    chi, freedom = 0.0, 0
    for group in groups:
        mean = sum(group) / len(group) if group else 0.0
        if mean > 0:
            chi += sum((count - mean) ** 2 for count in group) / mean
            freedom += len(group) - 1
    return max(1.0, chi / freedom) if freedom else 1.0


def _welch(before: Moments, now: Moments) -> tuple[float, float] | None:
    if before.mean is None or now.mean is None:
        return None
    old = (before.deviation or 0.0) ** 2 / before.n
    new = (now.deviation or 0.0) ** 2 / now.n
    change = now.mean - before.mean
    if old + new == 0:
        return change, change
    freedom = (old + new) ** 2 / (old**2 / (before.n - 1) + new**2 / (now.n - 1))
    reach = student(freedom) * sqrt(old + new)
    return change - reach, change + reach


def _difference(
    before: float | None,
    now: float | None,
    bounds: tuple[float, float] | None,
    *,
    cases: tuple[int, int],
    percent: float | None,
    say: Callable[[float], str],
) -> Change:
    if before is None or now is None or bounds is None:
        absolute = None if before is None or now is None else now - before
        told = _too_few(*cases)
        return Change(before, now, absolute, None, None, None, "too few", told)
    low, high = bounds
    absolute = now - before
    verdict = _verdict(low, high, 0.0)
    told = _tell(verdict, absolute, say(abs(absolute)), f"{_sign(low, say)} to {_sign(high, say)}")
    return Change(before, now, absolute, percent, low, high, verdict, told)


def _verdict(low: float, high: float | None, same: float) -> Verdict:
    if low > same:
        return "more"
    if high is not None and high < same:
        return "less"
    return "noise"


def _percent(before: float | None, now: float | None) -> float | None:
    if before is None or now is None or before == 0:
        return None
    return (now - before) / abs(before) * 100


def _times(low: float, high: float | None) -> str:
    return f"{low:.2f} times or more" if high is None else f"{low:.2f} to {high:.2f} times"


def _points(share: float) -> str:
    return f"{share * 100:.1f} points"


def _in_unit(unit: str, clock: str) -> Callable[[float], str]:
    return lambda amount: words.value(amount, unit, clock)


def _sign(amount: float, say: Callable[[float], str]) -> str:
    said = say(abs(amount))
    return said if said == say(0.0) else f"{'-' if amount < 0 else '+'}{said}"


def _tell(verdict: Verdict, absolute: float, size: str, reach: str) -> str:
    if verdict == "noise":
        sign = "-" if absolute < 0 else "+" if absolute > 0 else ""
        return f"no clear change: {sign}{size} is within the noise (95 % range {reach})"
    return f"{'up' if verdict == 'more' else 'down'} {size} (95 % range {reach})"


def _too_few(before: int, now: int) -> str:
    return f"too few cases to compare: {before:,} before, {now:,} now"
