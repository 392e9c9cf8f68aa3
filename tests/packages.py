"""What tests and benchmarks take from PyPI and Maven Central: fetched once for all builds of a tree,
and again where what is wanted changes.

    packages.py    makes the virtual environment of requirements.txt
"""

import pathlib
import shutil
import subprocess
import venv

HERE = pathlib.Path(__file__).resolve().parent
FOLDER = HERE.parent / "build-packages"
PYTHON = FOLDER / "venv" / "bin" / "python"


def fetch_python():
    requirements = HERE / "requirements.txt"
    folder = FOLDER / "venv"
    if is_fresh(folder, requirements):
        return
    venv.create(folder, with_pip=True, clear=True)
    subprocess.run(
        [PYTHON, "-m", "pip", "--quiet", "--disable-pip-version-check", "install",
         "--requirement", requirements],
        check=True,
    )
    keep_stamp(folder, requirements)


def fetch_jars(name, pom):
    """The folder with what the `pom` depends on."""
    folder = FOLDER / name
    if not is_fresh(folder, pom):
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run(
            ["mvn", "-q", "-B", "-f", pom, "dependency:copy-dependencies",
             f"-DoutputDirectory={folder}"],
            check=True,
        )
        keep_stamp(folder, pom)
    return folder


def is_fresh(folder, wanted):
    stamp = folder / "wanted.stamp"
    return stamp.exists() and stamp.read_text() == wanted.read_text()


def keep_stamp(folder, wanted):
    (folder / "wanted.stamp").write_text(wanted.read_text())


if __name__ == "__main__":
    fetch_python()
