"""POST /cron/ for hosts without a clock of Celery's: asks for each job whose time has come, as Celery's beat would.

It only enqueues: what a job finds it finds as the scheduler, in the worker. Asked more often, or by two at once, it asks
for nothing twice.
"""

from datetime import UTC, datetime
from typing import cast

from celery import current_app
from celery.schedules import BaseSchedule, maybe_schedule
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from accounts.access import cron

LOCK, LOCK_SECONDS = "cron-under-way", 30
KEPT_SECONDS = 7 * 24 * 3600
SECONDS_TO_WAIT = 30


@cron(because="asks for what is due anyway, and says which jobs")
def run_due_jobs(request: HttpRequest) -> HttpResponse:
    try:
        if not cache.add(LOCK, 1, LOCK_SECONDS):
            return JsonResponse({"asked": []})
        try:
            return JsonResponse({"asked": _ask_for_due(datetime.now(UTC))})
        finally:
            cache.delete(LOCK)
    except (OperationalError, RedisError):
        answer = JsonResponse({"asked": [], "missing": ["redis"]}, status=503)
        answer["Retry-After"] = str(SECONDS_TO_WAIT)
        return answer


def _ask_for_due(now: datetime) -> list[str]:
    """The names of the jobs asked for."""
    asked = []
    for name, job in current_app.conf.beat_schedule.items():
        if _is_due(name, cast(BaseSchedule, maybe_schedule(job["schedule"]))):
            current_app.send_task(job["task"], **job.get("options", {}))
            # Noted after: a job that is asked for twice does no harm, one that is forgotten does.
            cache.set(noted(name), now.isoformat(), KEPT_SECONDS)
            asked.append(name)
    return asked


def noted(name: str) -> str:
    """Where it is noted when a job was last asked for, in UTC."""
    return f"cron:{name.replace(' ', '-')}"


def _is_due(name: str, schedule: BaseSchedule) -> bool:
    last = cache.get(noted(name))
    return last is None or bool(schedule.is_due(datetime.fromisoformat(last)).is_due)
