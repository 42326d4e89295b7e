"""The page of the API: all of the schema, for people, from this server alone."""

import re

import pytest
from django.test import Client

from generation.api.errors import KINDS
from tests.api.contract import contract

CONTRACT = contract()
HTML = "text/html,application/xhtml+xml,*/*;q=0.8"

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client: Client) -> str:
    answer = client.get("/docs/", headers={"accept": HTML})
    assert answer.status_code == 200
    return str(answer.text)


def test_every_call_parameter_and_error_stands_on_it(page: str) -> None:
    for method, path, operation in CONTRACT.operations():
        section = re.search(rf'<section id="{operation["operationId"]}".*?</section>', page, re.S)
        assert section
        assert re.search(rf"{method}</b> <code>{re.escape(path)}</code>", section[0])
        for each in operation["parameters"]:
            assert each.get("name", "X-Correlation-ID") in section[0]
        for code in CONTRACT.codes(operation):
            assert f'href="#{code}"' in section[0]
    for code, kind in KINDS.items():
        assert f'<tr id="{code}"><td>{kind.status}</td>' in page


def test_every_link_within_it_leads_somewhere(page: str) -> None:
    places = re.findall(r'\bid="([^"]+)"', page)
    assert len(places) == len(set(places))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(places)


def test_its_command_lines_name_this_server(page: str) -> None:
    assert "curl http://testserver/generate -X POST" in page
    assert "http://testserver/jobs/JOB_ID/results/RESULT_ID/retry" in page


def test_every_page_leads_to_it(client: Client) -> None:
    for path in ("/", "/gallery/", "/docs/"):
        assert 'href="/docs/"' in client.get(path, headers={"accept": HTML}).text
    assert client.get("/docs").headers["Location"] == "/docs/"


def test_it_is_a_page_and_no_api(client: Client, page: str) -> None:
    answer = client.get("/docs/", headers={"origin": "https://front.example.org"})
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]* src)|<[^>]* (style|on\w+)=", page)
    assert client.post("/docs/").status_code in (403, 405)
