"""Fetches event-ruler and compiles what talks to it, once, into a folder of the build."""

import os
import pathlib
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parent


def missing_programs():
    return [name for name in ("java", "javac", "mvn") if shutil.which(name) is None]


def classpath(build, source):
    """The class path with which the class of `source`, a Java file, runs."""
    jars, classes = build / "jars", build / "classes"
    fetched = jars / "fetched"
    pom = HERE / "pom.xml"
    if not fetched.exists() or fetched.stat().st_mtime < pom.stat().st_mtime:
        shutil.rmtree(jars, ignore_errors=True)
        subprocess.run(
            ["mvn", "-q", "-B", "-f", pom, f"-Dmaven.repo.local={build / 'maven'}",
             "dependency:copy-dependencies", f"-DoutputDirectory={jars}"],
            check=True)
        fetched.touch()
    path = os.pathsep.join(map(str, sorted(jars.glob("*.jar"))))
    compiled = classes / (source.stem + ".class")
    if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
        classes.mkdir(parents=True, exist_ok=True)
        subprocess.run(["javac", "-Xlint:all", "-Werror", "-cp", path, "-d", classes, source],
                       check=True)
    return path + os.pathsep + str(classes)
