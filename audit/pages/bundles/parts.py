"""Where a bundle's ZIP is written to and read from: parts of some megabytes, each sealed in a row of its own."""

from uuid import UUID

from audit.models import BundlePart

PART_BYTES = 4 * 1024 * 1024


class SealedParts:
    """A file that can only be written to, for `zipfile`. Nothing reaches the database before `keep` is called."""

    def __init__(self, bundle_id: UUID, *, part_bytes: int = PART_BYTES) -> None:
        self.bundle_id, self.part_bytes = bundle_id, part_bytes
        self.size = self.parts = 0
        self._waiting = bytearray()

    def write(self, data: bytes) -> int:
        """Take some bytes."""
        self._waiting += data
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing to do: `keep` decides."""

    def keep(self, *, all_of_it: bool = False) -> None:
        """Seal and store the full parts, at the end what is left too. In the workspace's scope."""
        while len(self._waiting) >= self.part_bytes or (all_of_it and self._waiting):
            data = bytes(self._waiting[: self.part_bytes])
            BundlePart.objects.create(bundle_id=self.bundle_id, number=self.parts, data=data)
            del self._waiting[: self.part_bytes]
            self.parts += 1


def read_part(bundle_id: UUID, number: int) -> bytes | None:
    """One part of a bundle of the workspace in scope, from 0, None after the last. Raises SealBroken, KeyDestroyed."""
    part = BundlePart.objects.filter(bundle_id=bundle_id, number=number).first()
    return None if part is None else part.data


def delete_parts(bundle_id: UUID) -> None:
    """Delete what was stored of a bundle."""
    BundlePart.objects.filter(bundle_id=bundle_id).delete()
