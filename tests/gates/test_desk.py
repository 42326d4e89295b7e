"""What operators do about limits, and the limit on logging in to do it."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from generation.models import Counter, Limit, ProxyToken, Whitelisted
from tests.gates.limiting import CLIENT, allow, order

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("aurora")]
OTHER = "203.0.113.99"


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("operator"))
    return client


class TestTheWhitelist:
    def test_frees_addresses_and_networks_from_every_limit(self, client: Client) -> None:
        for name in Limit.Name:
            allow(name, 0)
        Whitelisted.objects.create(network="198.51.100.7/32")
        Whitelisted.objects.create(network="2001:db8::/32")
        for address in (CLIENT, "::ffff:198.51.100.7", "2001:db8:9::1"):
            answer = order(client, address)
            assert answer.status_code == 200
            assert "RateLimit" not in answer
        assert order(client, "198.51.100.8").status_code == 429
        assert not Counter.objects.exists()

    def test_is_edited_at_the_desk_and_in_force_at_once(self, desk: Client) -> None:
        allow("address", 0)
        assert order(desk).status_code == 429
        address = reverse("admin:generation_whitelisted_add")
        wrong = desk.post(address, {"network": "198.51.100.7/8", "note": ""})
        assert "neither an address nor a network" in wrong.content.decode()
        desk.post(address, {"network": " 198.51.100.0/24 ", "note": "office"})
        assert Whitelisted.objects.get().network == "198.51.100.0/24"
        assert order(desk).status_code == 200
        Whitelisted.objects.all().delete()
        assert order(desk).status_code == 429


class TestTheDesk:
    def test_changes_rates_at_once_and_keeps_what_was_counted(self, desk: Client) -> None:
        self.set_rate(desk, "address", 2)
        assert [order(desk).status_code for _ in range(3)] == [200, 200, 429]
        self.set_rate(desk, "address", 3)
        assert [order(desk).status_code for _ in range(2)] == [200, 429]
        self.set_rate(desk, "address", "")
        assert order(desk).status_code == 200

    def set_rate(self, desk: Client, name: str, allowed: Any) -> None:
        Limit.objects.get_or_create(name=name, defaults={"allowed": 1, "period": 3600})
        address = reverse("admin:generation_limit_change", args=[name.replace("-", "_2D")])
        answer = desk.post(address, {"allowed": allowed, "period": 3600})
        assert answer.status_code == 302

    def test_makes_no_limits_and_deletes_none(self, desk: Client) -> None:
        allow("address", 1)
        assert desk.get(reverse("admin:generation_limit_changelist")).status_code == 200
        assert desk.get(reverse("admin:generation_limit_add")).status_code == 403
        delete = reverse("admin:generation_limit_delete", args=["address"])
        assert desk.post(delete, {"post": "yes"}).status_code == 403

    def test_shows_a_proxy_token_once(self, desk: Client) -> None:
        answer = desk.post(reverse("admin:generation_proxytoken_add"), {"name": "front end"})
        shown = answer.content.decode()
        token = shown.partition("<code>")[2].partition("</code>")[0]
        assert "no-store" in answer["Cache-Control"]
        assert ProxyToken.objects.recognises(token)
        proxy = ProxyToken.objects.get()
        pages = [
            desk.get(reverse("admin:generation_proxytoken_changelist")),
            desk.get(reverse("admin:generation_proxytoken_change", args=[proxy.pk])),
            desk.get(reverse("admin:index")),
        ]
        assert not any(token in page.content.decode() for page in pages)


class TestLoggingIn:
    @pytest.fixture(autouse=True)
    def operator(self) -> User:
        return User.objects.create_superuser("operator", password="right")

    def log_in(self, client: Client, password: str, address: str = CLIENT, **f: str) -> str:
        form = {"username": "operator", "password": password} | f
        answer = client.post(reverse("admin:login"), form, REMOTE_ADDR=address)
        return "in" if answer.status_code == 302 else answer.content.decode()

    @pytest.mark.usefixtures("each_counter")
    def test_wrong_guesses_of_an_address_are_limited(self, client: Client) -> None:
        allow("login-address", 2)
        for name in ("operator", "somebody"):
            assert "Please enter the correct" in self.log_in(client, "wrong", username=name)
        assert "Too many failed attempts" in self.log_in(client, "right")
        assert self.log_in(client, "right", OTHER) == "in"

    def test_wrong_guesses_for_an_account_are_limited_wherever_they_come_from(
        self, client: Client
    ) -> None:
        allow("login-account", 2)
        for address in ("192.0.2.1", "192.0.2.2"):
            self.log_in(client, "wrong", address, username=" Operator")
        assert "Too many failed attempts" in self.log_in(client, "right", "192.0.2.3")

    @pytest.mark.usefixtures("each_counter")
    def test_a_right_password_takes_nothing(self, client: Client) -> None:
        allow("login-address", 1)
        allow("login-account", 1)
        assert [self.log_in(Client(), "right") for _ in range(3)] == ["in"] * 3

    def test_a_whitelisted_operator_cannot_be_locked_out(self, client: Client) -> None:
        allow("login-account", 0)
        Whitelisted.objects.create(network=CLIENT)
        assert self.log_in(client, "right") == "in"

    @pytest.mark.usefixtures("dead_redis")
    def test_nobody_logs_in_uncounted(self, client: Client) -> None:
        assert "cannot be counted" in self.log_in(client, "right")


@pytest.mark.parametrize("row", ["blockedterm", "allowedphrase"])
def test_the_form_of_a_text_begins_with_the_text(desk: Client, row: str) -> None:
    form = desk.get(reverse(f"admin:generation_{row}_add")).context["adminform"].form
    assert [next(iter(form.fields)), list(form.fields)[-1]] == ["text", "enabled"]
