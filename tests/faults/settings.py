"""The project's settings with the promises shortened by FAULTS_* variables, for fault runs."""

import os

from pixelprompt.settings import *  # noqa: F403

LEASE = float(os.environ.get("FAULTS_LEASE", "30"))
LEASE_RENEWAL = LEASE / 3
SWEEP_PERIOD = float(os.environ.get("FAULTS_SWEEP", "5"))
BELL_PAUSE = float(os.environ.get("FAULTS_BELL_PAUSE", "30"))
JOB_DEADLINE = float(os.environ.get("FAULTS_DEADLINE", "300"))
CALL_MARGIN = float(os.environ.get("FAULTS_MARGIN", "10"))
STOP_GRACE = float(os.environ.get("FAULTS_GRACE", "25"))
if "FAULTS_BUSY" in os.environ:
    DATABASES["default"]["OPTIONS"]["timeout"] = float(os.environ["FAULTS_BUSY"])  # noqa: F405
STORAGES["staticfiles"] = {  # noqa: F405 - hashing names at each of many starts takes long
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
if "FAULTS_MUTANT" in os.environ:
    INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.mutants.Mutants"]  # noqa: F405
