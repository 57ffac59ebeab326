"""What a process that answers requests holds in memory."""

from __future__ import annotations

import subprocess
import sys

# Some 100 MB: of files, workbooks, PDF, migrations, signatures of an issuer, and what reads or proposes.
HEAVY = (
    *("pyogrio", "pyarrow", "openpyxl", "xlsxwriter", "weasyprint", "fontTools", "alembic", "mako", "jwt"),
    *("cryptography", "tqdm", "service.migrating", "service.oidc.verification"),
    *("service.importers.pipeline", "service.importers.reading", "service.importers.proposals.propose"),
    *("service.exporters.workbook", "service.exporters.gdal_files", "service.operations.archives", "service.demo"),
)
LOADED_BY_THE_APPLICATION = """
import sys
from service.app import create_app
from service.settings import Settings
create_app(Settings(database_url="postgresql://nobody@localhost/nothing"))
print(*sys.modules)
"""


def test_a_process_that_answers_requests_loads_nothing_that_only_files_migrations_and_issuers_need() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED_BY_THE_APPLICATION], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "service.ogc.plain_reads" in loaded
    assert not loaded & set(HEAVY)
