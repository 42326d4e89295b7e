"""The version, which stands nowhere else."""

VERSION = "0.1.0"
