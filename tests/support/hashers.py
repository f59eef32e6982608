"""Argon2id with next to no cost: the tests hash many passwords, and any Argon2 hasher can verify them."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    time_cost = 1
    memory_cost = 8
    parallelism = 1
