"""The Celery application and its timetable."""

import os

from celery import Celery
from django.conf import settings

from config import folder_broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("reprise")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["bots"])
# Task and seconds between two of it; a chore that could not be done by then is not done twice.
CHORES = {
    "send again what stands still": ("executor.sweep_runs", 10),
    "judge what has ended": ("gallery.judge_ended_runs", 20),
    "go on with deposits left half-way": ("publishing.resume_deposits", 20),
    "go on with diagnoses that stand still": ("gallery.keep_diagnosing", 60),
    "look for damaged products": ("executor.verify_products", 300),
    "clear products away": ("executor.evict_products", 300),
    "clear environments away": ("executor.collect_environments", 24 * 3600),
    "record DOIs that people had minted elsewhere": ("publishing.read_minted", 24 * 3600),
    "check the figures anew": ("bots.recheck_figures", 24 * 3600),
}
app.conf.beat_schedule = {
    name: {"task": task, "schedule": float(period), "options": {"expires": period}}
    for name, (task, period) in CHORES.items()
}

if settings.CELERY_BROKER_URL == settings.FOLDER_BROKER:
    folder_broker.install()
    for folder in ("messages", "control"):
        (settings.BROKER_DIR / folder).mkdir(parents=True, exist_ok=True)
