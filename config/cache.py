"""The cache: values lie in Redis as JSON, so that whoever can write there cannot make this process run code; and it is
asked briefly. Where Redis is away it raises, and who uses it says what then: see `config.redis_client`.
"""

import json
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient

from config.redis_client import OPTIONS, BriefRedis


class JsonSerializer:
    """Django's interface of a Redis serializer. Whole numbers are stored as they are, for Redis to count with."""

    def dumps(self, value: object) -> bytes | int:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        return json.dumps(value).encode()

    def loads(self, data: bytes) -> object:
        return json.loads(data)


class BriefCacheClient(RedisCacheClient):
    """Django's, with our client in the place of its own."""

    def __init__(self, servers: Any, **options: Any) -> None:
        super().__init__(servers, serializer="config.cache.JsonSerializer", **(OPTIONS | options))
        self._client = BriefRedis


class BriefCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = BriefCacheClient
