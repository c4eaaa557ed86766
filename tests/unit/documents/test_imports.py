"""What the documents service imports: nothing that only its workers need, or only a terminal."""

import subprocess
import sys


def test_the_service_imports_neither_what_renders_nor_what_it_does_not_use() -> None:
    names = "*(name for name, module in sys.modules.items() if module)"
    code = f"import chassis.run, services.documents.service, sys\nprint({names})"
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, check=True, text=True)
    loaded = set(done.stdout.split())
    assert "services.documents.rendering.workers" in loaded
    assert not {"nh3", "services.documents.rendering.pages", "services.documents.rendering.worker"} & loaded
    assert not {"rich", "pygments", "psutil"} & loaded
