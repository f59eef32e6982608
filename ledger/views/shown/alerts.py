"""What on the overview needs a person's attention, the gravest first. An empty list is the good news."""

from dataclasses import dataclass

from ledger.kinds import AccountKind
from ledger.money import format_minor
from ledger.reports.overview import Overview
from ledger.views.shown.links import Links

SHORT_RUNWAY = 60
GRAVE_RUNWAY = 30


@dataclass(frozen=True, slots=True)
class Alert:
    """One sentence; `tone` is bad or warn. `href` and `action` are empty together."""

    tone: str
    text: str
    href: str = ""
    action: str = ""


def find_alerts(report: Overview, links: Links) -> tuple[Alert, ...]:
    """Runway under six months (`GRAVE_RUNWAY` and `SHORT_RUNWAY` are tenths), overdrawn accounts, gaps in the data."""
    alerts = [*_runway(report, links), *_overdrawn(report, links), *_untold(report, links)]
    return tuple(sorted(alerts, key=lambda alert: ("bad", "warn").index(alert.tone)))


def _runway(report: Overview, links: Links) -> list[Alert]:
    if report.runway is None or report.runway.tenths >= SHORT_RUNWAY:
        return []
    tone = "bad" if report.runway.tenths < GRAVE_RUNWAY else "warn"
    months = f"{report.runway.tenths // 10}.{report.runway.tenths % 10}"
    href = links.profit_and_loss or ""
    return [
        Alert(tone, f"At the present burn, cash lasts {months} months.", href, "See profit and loss" if href else "")
    ]


def _overdrawn(report: Overview, links: Links) -> list[Alert]:
    return [
        Alert(
            "bad",
            f"{account.name} is overdrawn by {format_minor(-account.current, account.currency)} {account.currency}.",
            href := links.rows({"account": str(account.account_id)}),
            "See its rows" if href else "",
        )
        for account in report.cash.accounts
        if account.kind == AccountKind.DEPOSITORY and account.current is not None and account.current < 0
    ]


def _untold(report: Overview, links: Links) -> list[Alert]:
    names = [account.name for account in report.cash.accounts if account.current is None]
    if not names:
        return []
    href = links.connections or ""
    text = f"The bank tells no balance for {', '.join(names)}: it is in no sum of cash."
    return [Alert("warn", text, href, "See connections" if href else "")]
