from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import lockout, sign_in_record

        sign_in_record.connect()
        lockout.connect()
