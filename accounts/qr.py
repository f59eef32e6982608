"""QR codes as an SVG path: geometry only, so that a template draws it with attributes and the policy on styles holds."""

from dataclasses import dataclass, field

QUIET_ZONE = 4


@dataclass(frozen=True, slots=True)
class QrCode:
    """A square of `size` units with its quiet zone, and the `path` that fills its dark modules."""

    size: int
    path: str = field(repr=False)


def draw_qr(text: str) -> QrCode:
    """The code of a text. Its path is as secret as the text."""
    import segno

    rows = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix]
    dark = (
        f"M{x + QUIET_ZONE} {y + QUIET_ZONE}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, module in enumerate(row)
        if module
    )
    return QrCode(len(rows) + 2 * QUIET_ZONE, "".join(dark))
