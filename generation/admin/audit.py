"""Who changed what at the desk: a list to read, which nobody can write at the desk."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.utils.translation import gettext_lazy as _

from generation.admin.jobs import ReadOnly
from providers.audit import Audited


@admin.register(LogEntry)
class AuditAdmin(ReadOnly, admin.ModelAdmin[LogEntry]):
    """A user with entries here cannot be deleted at the desk either, only made inactive."""

    list_display = ("action_time", "user", "what", "message")
    list_display_links = None
    list_filter = (
        "action_time",
        ("user", admin.RelatedOnlyFieldListFilter),
        ("content_type", admin.RelatedOnlyFieldListFilter),
        "action_flag",
    )
    list_select_related = ("user", "content_type")
    search_fields = ("object_repr", "object_id", "change_message")
    date_hierarchy = "action_time"

    @admin.display(description=_("what"), ordering="content_type")
    def what(self, entry: LogEntry) -> str:
        kind = entry.content_type.name if entry.content_type else ""
        return f"{entry.get_action_flag_display()}, {kind}: {entry.object_repr}"

    @admin.display(description=_("what changed"))
    def message(self, entry: LogEntry) -> str:
        return entry.get_change_message()


admin.site.unregister([User, Group])


@admin.register(User)
class AuditedUserAdmin(Audited[User], UserAdmin[User]):
    filter_horizontal = ()  # its boxes have labels where none are allowed, says axe


@admin.register(Group)
class AuditedGroupAdmin(Audited[Group], GroupAdmin):
    filter_horizontal = ()
