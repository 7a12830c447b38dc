"""The Celery worker: one task, one warm box per process, one report per judging."""
