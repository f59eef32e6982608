"""The proof that access is read-only: what was asked of a provider, counted call by call as it left."""

from dataclasses import dataclass

from django.db.models import Sum

from integrations.models import CallCount, Connection


@dataclass(frozen=True, slots=True)
class EndpointCalls:
    """One address of a provider since the beginning; `refused` were stopped here before anything was sent."""

    endpoint: str
    calls: int
    writes: int
    refused: int


@dataclass(frozen=True, slots=True)
class CallsMade:
    """All of it and its parts, the most called first; `provider` is a `Connection.Provider`."""

    provider: str
    endpoints: tuple[EndpointCalls, ...]

    @property
    def calls(self) -> int:
        return sum(one.calls for one in self.endpoints)

    @property
    def writes(self) -> int:
        return sum(one.writes for one in self.endpoints)

    @property
    def refused(self) -> int:
        return sum(one.refused for one in self.endpoints)


def read_calls(provider: str = Connection.Provider.PLAID) -> CallsMade:
    """Calls made to a provider for the workspace in scope."""
    sums = (
        CallCount.objects.filter(provider=provider)
        .values("endpoint")
        .annotate(all_calls=Sum("calls"), all_writes=Sum("writes"), all_refused=Sum("refused"))
    )
    found = [EndpointCalls(row["endpoint"], row["all_calls"], row["all_writes"], row["all_refused"]) for row in sums]
    return CallsMade(provider, tuple(sorted(found, key=lambda one: (-one.calls, one.endpoint))))
