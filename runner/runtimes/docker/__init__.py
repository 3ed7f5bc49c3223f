"""The bundle as containers: the shipped compose file, driven by `docker compose` and the Docker SDK."""
