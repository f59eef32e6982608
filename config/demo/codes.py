"""The codes of the sample people's authenticator apps: RFC 6238, so that a terminal can stand for a phone.

`python -m config.demo.codes maya@cedarline.example` (or `make code EMAIL=…`) prints the one that works now.
"""

import hmac
import struct
import sys
import time
from base64 import b32decode

from config.demo.local import Local, local_folder

STEP_SECONDS = 30


def code_at(secret: str, moment: float) -> str:
    """The code of a secret in base 32 at a moment of Unix time."""
    digest = hmac.digest(b32decode(secret), struct.pack(">Q", int(moment) // STEP_SECONDS), "sha1")
    place = digest[-1] & 0x0F
    number: int = struct.unpack(">I", digest[place : place + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def main(email: str) -> None:
    secret = Local(local_folder()).known_totp_secret(email)
    if not secret:
        sys.exit(f"No sample person signs in as {email or '…'} with an authenticator app. Say EMAIL=…")
    print(
        f"{code_at(secret, time.time())}  (works once; the next one in {STEP_SECONDS - int(time.time()) % STEP_SECONDS} s)"
    )


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
