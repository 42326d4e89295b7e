"""Every change at the desk is on record, with what it was and what it is, and never with a key."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from generation.models import (
    AllowedPhrase,
    BlockedTerm,
    Job,
    Limit,
    ProxyToken,
    SpendingLimits,
    Whitelisted,
)
from providers.models import ImageModel, Provider
from tests.api.drawing import drawn
from tests.fakes import FakeProviders, behaviours
from tests.generation.test_admin import CANARY, model_fields, provider_fields
from tests.support import make_model

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> User:
    return User.objects.create_superuser("operator", password="right")


@pytest.fixture
def desk(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


def post(desk: Client, name: str, fields: dict[str, Any], *args: Any) -> str:
    """Send a form of the desk; returns what the newest entry of the log says."""
    before = LogEntry.objects.count()
    answer = desk.post(reverse(f"admin:{name}", args=args), fields)
    assert answer.status_code in (200, 302)
    assert LogEntry.objects.count() == before + 1, answer.content.decode()
    return LogEntry.objects.latest("pk").get_change_message()


class TestKeys:
    def test_a_new_key_is_told_by_its_end(self, desk: Client) -> None:
        told = post(desk, "providers_provider_add", provider_fields(new_key=CANARY))
        assert told == "Added. Changed key: replaced, ends …tail."

    def test_a_replaced_and_a_forgotten_key_are_told(self, desk: Client, server: Provider) -> None:
        fields = provider_fields(name=server.name, base_url=server.base_url, concurrency="32")
        fields |= {"initial-options": "{}"}
        change = ("providers_provider_change", server.pk)
        told = post(desk, change[0], fields | {"new_key": CANARY}, change[1])
        assert told == "Changed key: replaced, ends …tail."
        told = post(desk, change[0], fields | {"forget_key": "on"}, change[1])
        assert told == "Changed key: forgotten."
        told = post(desk, change[0], fields | {"new_key": "short-key"}, change[1])
        assert told == "Changed key: replaced, ends …."

    def test_options_are_named_without_their_value(self, desk: Client, server: Provider) -> None:
        fields = provider_fields(name=server.name, base_url=server.base_url, concurrency="32")
        fields |= {"initial-options": "{}", "options": f'{{"flavour": "{CANARY}"}}'}
        told = post(desk, "providers_provider_change", fields, server.pk)
        assert told == "Changed Options."

    def test_a_proxy_token_is_told_by_its_name(self, desk: Client) -> None:
        assert post(desk, "generation_proxytoken_add", {"name": "front end"}) == "Added."
        entry = LogEntry.objects.get()
        assert entry.object_repr == "front end"
        token = ProxyToken.objects.get()
        post(desk, "generation_proxytoken_delete", {"post": "yes"}, token.pk)
        assert token.digest not in f"{list(LogEntry.objects.values())}"

    def test_a_password_is_told_by_its_name(self, desk: Client, operator: User) -> None:
        words = {"password1": "a-long-new-one", "password2": "a-long-new-one"}
        fields = words | {"usable_password": "true"}
        told = post(desk, "auth_user_password_change", fields, operator.pk)
        assert told == "Changed password."


class TestValues:
    def test_a_changed_limit_tells_both(self, desk: Client) -> None:
        Limit.objects.update_or_create(name="log", defaults={"allowed": 100, "period": 3600})
        fields = {"allowed": "", "period": "60"}
        told = post(desk, "generation_limit_change", fields, "log")
        assert told == (
            "Changed Allowed: “100” → nothing and Period: “in an hour” → “in a minute”."
        )

    def test_a_change_in_the_list_tells_both(self, desk: Client, aurora: ImageModel) -> None:
        fields = {
            "form-TOTAL_FORMS": "1",
            "form-INITIAL_FORMS": "1",
            "form-0-id": str(aurora.pk),
            "form-0-position": "7",
            "_save": "Save",
        }
        told = post(desk, "providers_imagemodel_changelist", fields)
        assert told == "Changed Position: “1” → “7” and Enabled: “yes” → “no”."

    def test_the_stop_switch_and_the_caps_tell_both(self, desk: Client) -> None:
        SpendingLimits.objects.create(pk=SpendingLimits.ONLY, daily_cap_micros=5_000_000)
        fields = {"stopped": "on", "daily_cap_micros": "6", "enhancement_micros": "0"}
        told = post(desk, "generation_spendinglimits_change", fields, SpendingLimits.ONLY)
        assert ": “no” → “yes”" in told
        assert ": “5” → “6”" in told

    def test_another_provider_is_told_by_its_name(
        self, desk: Client, aurora: ImageModel, server: Provider
    ) -> None:
        fields = model_fields(server, name="Aurora", slug="aurora", timeout="180")
        told = post(desk, "providers_imagemodel_change", fields, aurora.pk)
        assert "Provider: “Demo” → “Local server”" in told

    def test_a_user_who_becomes_a_superuser_is_told(self, desk: Client) -> None:
        user = User.objects.create_user("helper", is_staff=True)
        fields = {"username": "helper", "is_staff": "on", "is_active": "on", "is_superuser": "on"}
        moment = f"{user.date_joined:%Y-%m-%d %H:%M:%S}".split()
        fields |= {"date_joined_0": moment[0], "date_joined_1": moment[1]}
        told = post(desk, "auth_user_change", fields, user.pk)
        assert "Superuser status: “no” → “yes”" in told

    def test_a_long_or_broken_value_is_one_short_line(self, desk: Client) -> None:
        note = f"line\nforged entry\x1b {'x' * 100}"
        listed = Whitelisted.objects.create(network="10.0.0.1", note="")
        told = post(
            desk, "generation_whitelisted_change", {"network": "10.0.0.1", "note": note}, listed.pk
        )
        assert "\n" not in told
        assert told.endswith("x…”.")

    def test_additions_and_deletions_are_named(self, desk: Client) -> None:
        post(desk, "generation_whitelisted_add", {"network": "10.0.0.0/8", "note": ""})
        row = Whitelisted.objects.get()
        post(desk, "generation_whitelisted_delete", {"post": "yes"}, row.pk)
        named = LogEntry.objects.order_by("pk").values_list("action_flag", "object_repr")
        assert list(named) == [(1, "10.0.0.0/8"), (3, "10.0.0.0/8")]


class TestActions:
    def act(self, desk: Client, kind: str, action: str, *rows: Any) -> list[str]:
        form = {"action": action, "_selected_action": [row.pk for row in rows]}
        assert desk.post(reverse(f"admin:{kind}_changelist"), form).status_code == 302
        entries = LogEntry.objects.order_by("pk")
        return [f"{each.object_repr}: {each.change_message}" for each in entries]

    @pytest.mark.parametrize("model", [BlockedTerm, AllowedPhrase])
    def test_a_switch_is_told_of_the_rows_it_changed(self, desk: Client, model: Any) -> None:
        on, off = model.objects.create(text="word"), model.objects.create(text="x", enabled=False)
        kind = f"generation_{model._meta.model_name}"
        assert self.act(desk, kind, "switch_off", on, off) == ["word: Switched off."]
        assert self.act(desk, kind, "switch_on", on)[1:] == ["word: Switched on."]

    def test_waking_is_told_of_the_models_that_rested(
        self, desk: Client, aurora: ImageModel, server: Provider
    ) -> None:
        tired = make_model(server, "tired", failures=3)
        told = self.act(desk, "providers_imagemodel", "wake", aurora, tired)
        assert told == ["tired: Woken: failures and rest forgotten."]

    def test_a_test_is_told_with_its_outcome(
        self, desk: Client, server: Provider, fakes: FakeProviders
    ) -> None:
        model = make_model(server, "model-1", price_micros=40_000)
        assert post(desk, "providers_imagemodel_test", {}, model.pk).startswith("Tested: drew in ")
        fakes.plan(behaviours.bad_key())
        assert post(desk, "providers_imagemodel_test", {}, model.pk) == "Tested: INVALID_KEY"

    def test_looking_is_not_told(self, desk: Client, aurora: ImageModel) -> None:
        desk.get(reverse("admin:providers_imagemodel_test", args=[aurora.pk]))
        desk.post(reverse("admin:generation_blockedterm_try"), {"prompt": "a fox"})
        assert not LogEntry.objects.exists()


def test_the_log_outlives_a_job_and_forgets_its_prompt(desk: Client, aurora: ImageModel) -> None:
    job = drawn("a secret wish")
    jobs = reverse("admin:generation_job_changelist")
    desk.post(jobs, {"action": "hide", "_selected_action": job.pk})
    assert LogEntry.objects.get().object_repr == "a secret wish"
    desk.post(reverse("admin:generation_job_delete", args=[job.pk]), {"post": "yes"})
    assert not Job.objects.exists()
    assert set(LogEntry.objects.values_list("object_repr", flat=True)) == {f"job {job.pk}"}


class TestTheList:
    @pytest.fixture
    def entry(self, desk: Client, operator: User) -> LogEntry:
        post(desk, "generation_whitelisted_add", {"network": "10.0.0.0/8", "note": ""})
        return LogEntry.objects.get()

    def test_can_be_read_and_filtered(self, desk: Client, entry: LogEntry, operator: User) -> None:
        address = reverse("admin:admin_logentry_changelist")
        other = User.objects.create_user("other")
        term = BlockedTerm.objects.create(text="word")
        LogEntry.objects.log_actions(other.pk, [term], 2, "Switched off.")
        for query in (
            "",
            f"?user__id__exact={operator.pk}",
            f"?content_type__id__exact={entry.content_type_id}",
            "?q=10.0.0.0",
        ):
            assert "10.0.0.0/8" in desk.get(address + query).content.decode()
        assert (
            "10.0.0.0/8" not in desk.get(f"{address}?user__id__exact={other.pk}").content.decode()
        )

    def test_cannot_be_written_by_anybody(self, desk: Client, entry: LogEntry) -> None:
        delete = reverse("admin:admin_logentry_delete", args=[entry.pk])
        change = reverse("admin:admin_logentry_change", args=[entry.pk])
        assert desk.post(delete, {"post": "yes"}).status_code == 403
        assert desk.post(change, {"object_repr": "x"}).status_code == 403
        assert desk.post(reverse("admin:admin_logentry_add"), {}).status_code == 403
        action = {"action": "delete_selected", "_selected_action": entry.pk, "post": "yes"}
        desk.post(reverse("admin:admin_logentry_changelist"), action)
        assert LogEntry.objects.get().object_repr == "10.0.0.0/8"

    @pytest.mark.parametrize("way", ["page", "list"])
    def test_does_not_go_with_its_author(self, desk: Client, entry: LogEntry, way: str) -> None:
        desk.force_login(User.objects.create_superuser("another"))
        if way == "page":
            delete = reverse("admin:auth_user_delete", args=[entry.user_id])
            assert desk.post(delete, {"post": "yes"}).status_code == 403
        else:
            action = {"action": "delete_selected", "_selected_action": entry.user_id, "post": "y"}
            assert desk.post(reverse("admin:auth_user_changelist"), action).status_code == 403
        assert LogEntry.objects.filter(pk=entry.pk).exists()

    def test_is_not_for_everybody_at_the_desk(self, desk: Client, entry: LogEntry) -> None:
        helper = User.objects.create_user("helper", is_staff=True)
        desk.force_login(helper)
        address = reverse("admin:admin_logentry_changelist")
        assert desk.get(address).status_code == 403
        helper.user_permissions.add(Permission.objects.get(codename="view_logentry"))
        assert desk.get(address).status_code == 200
