"""Upgrades of the Elastic Stack: checks before, the order of the services, the comparison after."""

from typing import Final

#: How old a backup may be before an upgrade, in hours.
BACKUP_HOURS: Final = 24
