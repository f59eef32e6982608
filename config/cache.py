"""How values lie in the cache: as JSON, so that whoever can write to Redis cannot make this process run code."""

import json


class JsonSerializer:
    """Django's interface of a Redis serializer. Whole numbers are stored as they are, for Redis to count with."""

    def dumps(self, value: object) -> bytes | int:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        return json.dumps(value).encode()

    def loads(self, data: bytes) -> object:
        return json.loads(data)
