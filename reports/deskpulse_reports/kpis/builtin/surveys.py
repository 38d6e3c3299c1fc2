"""What customers say beyond good and bad: scores, recommendation, effort, articles."""

from __future__ import annotations

from deskpulse_reports.kpis.spec import Direction, Measure

BOOK = "Churn prevention"
_CREDIT = "Credit goes to the assignee and team when the survey was sent."
_ANSWERED = f"Answered surveys only. {_CREDIT}"
_EASE = (
    "Mean of 1 to 7 and share of 5 or more, higher is easier: a survey that asks how hard it was "
    "(`higher_is_better` false) is turned round on its scale."
)
_KINDS = (
    *(("nps", "NPS"), ("ces", "Effort"), ("cx", "Experience"), ("article", "Article")),
    ("fcr", "First contact survey"),
)


def _score(name: str, title: str, words: str, kind: str, source: str) -> Measure:
    return Measure(
        id=name,
        title=title,
        definition=words,
        unit="score",
        direction="higher",
        table="surveys",
        value="avg(points)",
        filter=kind,
        time_words="rating",
        population=_ANSWERED,
        source=source,
        book=BOOK,
    )


def _share(name: str, title: str, words: str, *, share: str, kind: str, source: str) -> Measure:
    return Measure(
        id=name,
        title=title,
        definition=words,
        direction="higher",
        table="surveys",
        share=share,
        filter=kind,
        time_words="rating",
        population=_ANSWERED,
        source=source,
        book=BOOK,
    )


_FLAGS = "Fivetran's dbt_zendesk flags is_good_to_bad_satisfaction_score and its reverse."
_TURNS: tuple[tuple[str, str, str, Direction], ...] = (
    ("good_to_bad", "CSAT from good to bad", "from good to bad", "lower"),
    ("bad_to_good", "CSAT from bad to good", "from bad to good", "higher"),
)


def _turned(way: str, title: str, words: str, better: Direction) -> Measure:
    return Measure(
        id=f"csat_{way}",
        title=title,
        definition=f"Ratings that the customer changed {words} later.",
        direction=better,
        table="surveys",
        value="count(*)",
        filter=f"survey = 'csat' and turned = '{way}'",
        time_words="rating",
        population=(
            "Answered surveys whose last change of verdict went this way, where the source reports "
            f"changes (a change of the field `rating`). {_CREDIT}"
        ),
        source=_FLAGS,
        book=BOOK,
    )


def _answered(kind: str, scale: str = "") -> str:
    return f"survey = '{kind}' and answered_at is not null and points is not null{scale}"


_UPPER = "points > (scale_min + scale_max) / 2"
_FIVE = " and scale_min = 1 and scale_max = 5"
_SEVEN = " and scale_min = 1 and scale_max = 7"

SURVEYS = (
    _score(
        "csat_score",
        "CSAT mean score",
        "Mean of satisfaction ratings from 1 to 5; not the share of good ones.",
        _answered("csat", _FIVE),
        "Common practice: the mean beside the top two.",
    ),
    _share(
        "csat_top2",
        "CSAT (top two of five)",
        "Ratings of 4 and 5 out of all ratings on a scale from 1 to 5.",
        share="points >= 4",
        kind=_answered("csat", _FIVE),
        source="Chatwoot and Intercom: positive ratings / responses.",
    ),
    Measure(
        id="nps",
        title="Net promoter score",
        definition=(
            "100 x (promoters - detractors) / answers, from -100 to 100: promoters say 9 or 10, "
            "detractors 0 to 6."
        ),
        unit="score",
        direction="higher",
        table="surveys",
        value=(
            "100.0 * (count(*) filter (where points >= 9) - count(*) filter (where points <= 6)) "
            "/ nullif(count(*), 0)"
        ),
        filter=_answered("nps"),
        time_words="rating",
        population=f"Answered surveys; 0 is a detractor, 7 and 8 are passive. {_CREDIT}",
        source="Reichheld 2003; one vendor page starts detractors at 1, which is wrong.",
        book=BOOK,
    ),
    _score(
        "ces",
        "Customer effort score",
        "Mean ease from 1 to 7.",
        _answered("ces", _SEVEN),
        _EASE,
    ),
    _share(
        "ces_easy_rate",
        "Easy",
        "Answers of 5 or more out of all answers from 1 to 7.",
        share="points >= 5",
        kind=_answered("ces", _SEVEN),
        source=_EASE,
    ),
    _score(
        "cx_rating",
        "Customer experience rating",
        "Mean answer to the question of that name, from 1 to 5; not the index of several surveys.",
        _answered("cx", _FIVE),
        "Common practice: one question about the whole experience.",
    ),
    _share(
        "cx_top2",
        "Customer experience (top two of five)",
        "Answers of 4 and 5 out of all answers from 1 to 5.",
        share="points >= 4",
        kind=_answered("cx", _FIVE),
        source="Common practice: top two, as for satisfaction.",
    ),
    _share(
        "article_helpful_rate",
        "Article helpfulness",
        "Votes in the upper half of their scale, out of all votes on articles.",
        share=_UPPER,
        kind=_answered("article"),
        source="Zendesk Guide's article votes: up / (up + down); ease on a scale in the same way.",
    ),
    _share(
        "fcr_survey",
        "First contact resolution (survey)",
        "Customers who say that one contact was enough, out of all who answer that question.",
        share=_UPPER,
        kind=_answered("fcr"),
        source="Common practice: ask whether the matter was settled at the first contact.",
    ),
    *(_turned(*words) for words in _TURNS),
    _share(
        "csat_changed_rate",
        "CSAT answers changed",
        "Ratings that the customer changed from good to bad or back, out of all ratings.",
        share="turned is not null",
        kind="survey = 'csat' and good is not null",
        source=_FLAGS,
    ).model_copy(update={"direction": "neutral"}),
    *(
        Measure(
            id=f"{kind}_response_rate",
            title=f"{title} response rate",
            definition="Surveys answered out of surveys sent.",
            direction="higher",
            table="surveys",
            share="answered_at is not null",
            filter=f"survey = '{kind}' and sent_at is not null",
            time="sent_at",
            time_words="sending of the survey",
            population=f"Surveys of this kind that were sent. {_CREDIT}",
            source="Fivetran's dbt_zendesk ticket summary: rated / surveyed.",
            book=BOOK,
        )
        for kind, title in _KINDS
    ),
)
