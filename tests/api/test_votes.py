"""Blind votes: once per browser and job, only where there is something to choose."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from generation import leaderboard
from generation.bradley_terry import Strength
from generation.models import Job, Result, Vote
from providers.models import ImageModel, Provider
from tests.api.drawing import draw, drawn, fail, invalid, refusal
from tests.gates.limiting import allow
from tests.support import NOBODY, Api, make_job, make_model

pytestmark = pytest.mark.django_db

BROWSER = "a browser that drew this"


@pytest.fixture(autouse=True)
def no_old_board() -> None:
    cache.delete(leaderboard.KEY)


@pytest.fixture
def models(demo: Provider) -> list[ImageModel]:
    return [make_model(demo, name, price_micros=0) for name in ("alpha", "beta", "gamma")]


@pytest.fixture
def job(models: list[ImageModel]) -> Job:
    """A finished job of three pictures."""
    return drawn()


def cast(api: Api, job: Job, index: int, voter: str = BROWSER) -> Any:
    result = job.results.get(index=index)
    return post(api, job.pk, {"resultId": str(result.pk)}, voter)


def post(api: Api, job: Any, body: Any, voter: str = BROWSER) -> Any:
    return api.post(f"/jobs/{job}/votes", body, **{"X-Voter-Token": voter})


def test_a_vote_is_counted_and_the_tally_told(api: Api, job: Job) -> None:
    cast(api, job, 3, "somebody else, earlier")
    told = cast(api, job, 2).json()
    assert told["counted"] is True
    assert told["resultId"] == str(job.results.get(index=2).pk)
    assert told["votes"] == 2
    assert [(result["index"], result["votes"]) for result in told["results"]] == [
        (1, 0), (2, 1), (3, 1)
    ]  # fmt: skip


def test_a_browser_votes_once_and_its_first_vote_stands(api: Api, job: Job) -> None:
    cast(api, job, 2)
    told = cast(api, job, 1).json()
    assert told["counted"] is False
    assert told["resultId"] == str(job.results.get(index=2).pk)
    assert told["votes"] == 1


def test_the_token_is_not_kept_in_plain_text(api: Api, job: Job) -> None:
    cast(api, job, 2)
    assert BROWSER not in Vote.objects.get().voter


def test_without_a_token_nobody_votes(api: Api, job: Job) -> None:
    for voter in ("", "short", "x" * 201):
        invalid(cast(api, job, 1, voter), "X-Voter-Token")
    assert not Vote.objects.exists()


@pytest.mark.parametrize("body", [{}, {"resultId": "nonsense"}, {"resultId": str(NOBODY)}, []])
def test_only_a_picture_of_the_job_can_be_chosen(api: Api, job: Job, body: Any) -> None:
    assert post(api, job.pk, body).status_code == 400
    assert not Vote.objects.exists()


def test_a_failed_picture_cannot_be_chosen(api: Api, models: list[ImageModel]) -> None:
    job = make_job(*models)
    first, second, third = job.results.order_by("index")
    draw(first)
    draw(second)
    fail(third)
    invalid(cast(api, job, 3), "resultId")
    assert cast(api, job, 1).json()["votes"] == 1


def test_a_job_that_still_draws_has_no_vote(api: Api, models: list[ImageModel]) -> None:
    job = make_job(*models)
    for result in job.results.filter(index__lt=3):
        draw(result)
    refusal(cast(api, job, 1), 422, "NOTHING_TO_CHOOSE")


def test_a_single_picture_has_no_vote(api: Api, models: list[ImageModel]) -> None:
    job = make_job(*models[:2])
    first, second = job.results.order_by("index")
    draw(first)
    fail(second)
    refusal(cast(api, job, 1), 422, "NOTHING_TO_CHOOSE")


def test_of_no_job_there_is_no_vote(api: Api) -> None:
    refusal(post(api, NOBODY, {"resultId": str(NOBODY)}), 404, "JOB_NOT_FOUND", "jobId")


def test_votes_have_a_limit_of_their_own(api: Api, job: Job) -> None:
    allow("vote", 1)
    assert cast(api, job, 1).status_code == 200
    answer = cast(api, job, 1, "another browser, same house")
    refusal(answer, 429, "RATE_LIMIT_EXCEEDED", "details", "retryAfter")


def test_the_board_adds_up_who_was_shown_and_who_was_picked(api: Api, job: Job) -> None:
    for number in range(9):
        cast(api, job, 2, f"browser number {number}")
    cast(api, job, 1, "browser with another taste")
    board = leaderboard.board()
    assert board.votes == 10
    assert [(row.name, row.picked, row.shown) for row in board.standings[:2]] == [
        ("beta", 9, 10), ("alpha", 1, 10)
    ]  # fmt: skip
    assert board.standings[0].rank == 1
    assert board.standings[0].price_micros == 0
    assert board.standings[0].seconds is not None


def test_a_picture_that_came_after_the_vote_did_not_lose_it(
    api: Api, models: list[ImageModel], job: Job
) -> None:
    cast(api, job, 2)
    late = job.results.get(index=3)
    Result.objects.filter(pk=late.pk).update(finished_at=timezone.now() + timedelta(minutes=1))
    shown = {row.name: row.shown for row in leaderboard.board().standings}
    assert shown == {"alpha": 1, "beta": 1}


def test_few_votes_give_no_place(api: Api, job: Job, client: Client) -> None:
    cast(api, job, 2)
    assert {row.rank for row in leaderboard.board().standings} == {None}
    text = client.get("/leaderboard/").content.decode()
    assert "From one blind vote" in text
    assert "none yet" in text
    heads = ["Preferred to an average model", "Picked", "Median time", "Price"]
    assert re.findall('data-head="(.+?)"', text)[:4] == heads


def test_models_that_cannot_be_told_apart_share_a_place(api: Api, job: Job) -> None:
    for number in range(12):
        cast(api, job, number % 3 + 1, f"browser number {number}")
    assert [row.rank for row in leaderboard.board().standings] == [1, 1, 1]


def test_places_stand_in_their_order(api: Api, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model of which little is known may share a place with a better one."""
    for number in range(12):
        cast(api, job, 1, f"browser number {number}")
    known = {"alpha": Strength(2, 0.1), "beta": Strength(0, 0.1), "gamma": Strength(-1, 5)}
    monkeypatch.setattr(leaderboard, "strengths", lambda duels: known)
    standings = leaderboard.board().standings
    assert [(row.name, row.rank) for row in standings] == [("alpha", 1), ("gamma", 1), ("beta", 2)]


def test_without_votes_the_page_says_what_to_do(client: Client, job: Job) -> None:
    text = client.get("/leaderboard/").content.decode()
    assert "Nobody has voted yet" in text
    assert f"/jobs/{job.pk}#blind" in text


def test_the_board_costs_the_same_with_ten_times_the_votes(
    api: Api, job: Job, django_assert_num_queries: Any
) -> None:
    def vote(count: int) -> None:
        picked = job.results.get(index=1)
        before = Vote.objects.count()
        Vote.objects.bulk_create(
            Vote(job=job, result=picked, voter=str(before + number), choices=3)
            for number in range(count)
        )

    vote(10)
    with django_assert_num_queries(3):
        leaderboard.board()
    vote(90)
    with django_assert_num_queries(3):
        leaderboard.board()
    leaderboard.current()
    with django_assert_num_queries(0):
        leaderboard.current()
