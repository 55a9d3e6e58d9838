"""The Celery application and its timetable."""

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("reprise")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["bots"])
app.conf.beat_schedule = {
    "send again what stands still": {"task": "executor.sweep_runs", "schedule": 15.0},
    "judge what has ended": {"task": "gallery.judge_ended_runs", "schedule": 20.0},
    "go on with deposits left half-way": {"task": "publishing.resume_deposits", "schedule": 60.0},
    "check the figures anew": {"task": "bots.recheck_figures", "schedule": 24 * 3600.0},
}

if settings.CELERY_BROKER_URL == settings.FOLDER_BROKER:
    for folder in ("messages", "control"):
        (settings.BROKER_DIR / folder).mkdir(parents=True, exist_ok=True)
