"""What the log can be narrowed to. Days are those of the person who looks."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone

from accounts.models import Membership
from audit.models import Event
from audit.pages.reading import Search
from audit.vocabulary import SUBJECTS, short_words
from ledger.forms import check_year
from vault.keyring import prepare_person_keys

ALL_OF = "all:"
ANY_PERSON = ("person", "Any person")
KINDS = (
    ("system", "Counterfoil itself"),
    ("provider", "A bank’s or books’ provider"),
    ("anonymous", "Somebody not signed in"),
)
ACTOR_KINDS = frozenset(kind for kind, _ in (ANY_PERSON, *KINDS))
OUTCOMES = (("", "Any"), *Event.Outcome.choices)
MOST_CHARACTERS = 200


class LogFilter(forms.Form):
    """`people` are those to choose from; an actor who is not among them can still be asked for by id."""

    q = forms.CharField(
        max_length=MOST_CHARACTERS,
        required=False,
        label="Name or address",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Name or address"}),
    )
    actor = forms.CharField(max_length=40, required=False, label="Who")
    action = forms.CharField(max_length=90, required=False, label="What")
    outcome = forms.ChoiceField(choices=OUTCOMES, required=False, label="Outcome")
    since = forms.DateField(
        required=False, label="From", validators=[check_year], widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        required=False, label="To", validators=[check_year], widget=forms.DateInput(attrs={"type": "date"})
    )
    target = forms.UUIDField(required=False, widget=forms.HiddenInput)
    after = forms.UUIDField(required=False, widget=forms.HiddenInput)
    before = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        members = [(str(pk), name) for pk, name in people]
        actors = [("", "Anybody"), ("People", [ANY_PERSON, *members]), ("Others", KINDS)]
        self.fields["actor"].widget = forms.Select(choices=self._with_given("actor", actors, members))
        self.fields["action"].widget = forms.Select(choices=[("", "Anything"), *_action_groups()])

    def clean_actor(self) -> str:
        given = str(self.cleaned_data["actor"])
        if given and given not in ACTOR_KINDS:
            try:
                UUID(given)
            except ValueError:
                raise forms.ValidationError("Choose somebody from the list.") from None
        return given

    def clean_action(self) -> str:
        given = str(self.cleaned_data["action"])
        if given and not _actions_of(given):
            raise forms.ValidationError("Choose something from the list.")
        return given

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = given.get("since"), given.get("until")
        if since and until and since > until:
            self.add_error("until", "This day is before the first one.")
        return given

    def search(self) -> Search:
        """What a valid form asks for."""
        given = self.cleaned_data
        is_kind = given["actor"] in ACTOR_KINDS
        return Search(
            actor_id=UUID(given["actor"]) if given["actor"] and not is_kind else None,
            actor_kind=given["actor"] if is_kind else "",
            actions=_actions_of(given["action"]),
            target_id=given["target"],
            since=_start_of(given["since"]) if given["since"] else None,
            until=_start_of(given["until"] + timedelta(days=1)) if given["until"] else None,
            outcome=given["outcome"],
            words=given["q"].strip(),
            after=given["after"],
            before=given["before"],
        )

    def _with_given(self, name: str, groups: list[Any], known: list[tuple[str, str]]) -> list[Any]:
        given = self.data.get(name, "")
        if not given or given in dict(known) or given in ACTOR_KINDS:
            return groups
        return [*groups, (given, "Somebody who left")]


def list_people() -> list[tuple[UUID, str]]:
    """The members of the workspace in scope, by name."""
    members = list(Membership.objects.select_related("user"))
    prepare_person_keys(member.user_id for member in members)
    return sorted(
        ((member.user_id, member.user.shown_name) for member in members), key=lambda person: person[1].casefold()
    )


def _start_of(day: date) -> datetime:
    """Midnight of a day where the person who looks is."""
    return timezone.make_aware(datetime.combine(day, time()))


@cache
def _action_groups() -> list[Any]:
    shown = {name: subject for name, subject in SUBJECTS.items() if not subject.is_site}
    return [
        (
            subject.title,
            [
                (f"{ALL_OF}{name}", f"{subject.title}: all"),
                *((action, _capital(short_words(action))) for action in subject.words),
            ],
        )
        for name, subject in shown.items()
    ]


def _actions_of(given: str) -> tuple[str, ...]:
    if given.startswith(ALL_OF):
        subject = SUBJECTS.get(given.removeprefix(ALL_OF))
        return tuple(subject.words) if subject else ()
    known = any(given in subject.words for subject in SUBJECTS.values())
    return (given,) if known else ()


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
