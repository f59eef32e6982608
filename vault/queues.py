"""The name of the vault's task."""

FORGET_SHARES = "vault.forget_shares"
