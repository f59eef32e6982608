"""What can go wrong on the way to Stripe, each in a sentence that a person can read. None holds a word of Stripe's."""


class StripeProblem(Exception):
    """Stripe was asked and gave nothing that can be used. `code` is a word for logs and operators."""

    code = "problem"


class StripeAway(StripeProblem):
    """No answer, or one that tells to come back later: asking again may help."""

    code = "away"

    def __init__(self, code: str = "away") -> None:
        super().__init__("Stripe cannot be reached just now. Nothing was changed. Please try again in a few minutes.")
        self.code = code


class StripeRefused(StripeProblem):
    """Stripe will not do it, however often it is asked."""

    def __init__(self, code: str) -> None:
        super().__init__("Stripe did not accept this. Nothing was changed. Please tell our support if it stays so.")
        self.code = code


class CardDeclined(StripeRefused):
    """The card was not charged."""

    def __init__(self) -> None:
        super().__init__("card_declined")
        self.args = ("The card was declined, so nothing was changed. Please choose another card and try again.",)


class Missing(StripeRefused):
    """Stripe knows no such thing, or no more."""

    def __init__(self) -> None:
        super().__init__("missing")


class NotPossible(ValueError):
    """What was asked for does not fit how things stand; the sentence says what would."""
