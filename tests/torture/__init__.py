"""The real daemon, killed at random moments while models are launched and logs are rotated."""
