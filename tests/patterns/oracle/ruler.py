"""Fetches event-ruler and compiles what talks to it, once, into a folder of the build."""

import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))

from packages import FOLDER, fetch_jars  # noqa: E402


def missing_programs():
    return [name for name in ("java", "javac", "mvn") if shutil.which(name) is None]


def classpath(source):
    """The class path with which the class of `source`, a Java file, runs."""
    jars, classes = fetch_jars("event-ruler", HERE / "pom.xml"), FOLDER / "classes"
    path = os.pathsep.join(map(str, sorted(jars.glob("*.jar"))))
    compiled = classes / (source.stem + ".class")
    if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
        classes.mkdir(parents=True, exist_ok=True)
        subprocess.run(["javac", "-Xlint:all", "-Werror", "-cp", path, "-d", classes, source],
                       check=True)
    return path + os.pathsep + str(classes)
