"""Commands of the private cluster: ``python3 -m service.cluster …``."""

import sys

from service.cluster.binaries import find_binaries
from service.cluster.errors import ClusterError

try:
    print(find_binaries().directory)
except ClusterError as error:
    sys.exit(f"error: {error}")
