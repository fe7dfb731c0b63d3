"""What is installed runs no code of its own at every start of Python, save what is known to."""

import sysconfig
from pathlib import Path

# A stolen release of a package once carried a thief in such a file (litellm 1.82.7, March 2026).
KNOWN = {
    "__editable__.fitsense-0.1.0.pth",  # this project, where it is
    "_virtualenv.pth",  # environments made by virtualenv or uv
    "a1_coverage.pth",  # coverage, where somebody installed it
    "coloredlogs.pth",  # of onnxruntime's; does nothing without a variable that nobody sets
    "distutils-precedence.pth",  # setuptools
}


def test_nothing_unknown_runs_at_every_start_of_python():
    packages = Path(sysconfig.get_path("purelib"))
    starting = {
        path.name
        for path in packages.glob("*.pth")
        if any(line.startswith(("import ", "import\t")) for line in path.read_text().splitlines())
    }

    assert starting <= KNOWN
