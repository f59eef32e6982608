"""Categories made with a workspace and by its people."""

from django.db import transaction

from audit.log import Actor, Target, record
from ledger.categories import DEFAULT_CATEGORIES
from ledger.codes import lock_codes, take_codes
from ledger.kinds import CategoryKind
from ledger.models import Category, CodeSequence


class NameTaken(ValueError):
    """The workspace has a category of this name."""

    def __init__(self) -> None:
        super().__init__("There is a category of this name already.")


@transaction.atomic
def create_default_categories(*, actor: Actor) -> None:
    """Make the categories that feeds are mapped to, where the workspace lacks them. Quiet when it lacks none."""
    lock_codes(CodeSequence.Kind.CATEGORY)
    existing = list(Category.objects.all())
    origins, names = {one.origin for one in existing}, {_folded(one.name) for one in existing}
    missing = [one for one in DEFAULT_CATEGORIES if one.origin not in origins and _folded(one.name) not in names]
    if not missing:
        return
    codes = take_codes(CodeSequence.Kind.CATEGORY, len(missing))
    Category.objects.bulk_create(
        Category(code=code, kind=one.kind, name=one.name, origin=one.origin)
        for code, one in zip(codes, missing, strict=True)
    )
    record(actor=actor, action="ledger.default_categories.created", detail={"count": len(missing)})


@transaction.atomic
def create_category(*, actor: Actor, name: str, kind: CategoryKind) -> Category:
    """A category of the workspace's own. Raises NameTaken: names are sealed, so this is where they are kept unique."""
    lock_codes(CodeSequence.Kind.CATEGORY)
    if any(_folded(one.name) == _folded(name) for one in Category.objects.all()):
        raise NameTaken
    (code,) = take_codes(CodeSequence.Kind.CATEGORY, 1)
    category = Category.objects.create(code=code, kind=kind, name=name)
    record(
        actor=actor,
        action="ledger.category.created",
        target=Target("category", category.id),
        detail={"name": name, "kind": kind.value},
    )
    return category


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
