"""Jars from Maven Central, for the tests and benchmarks that talk to something of Java."""

import shutil
import subprocess


def fetch_jars(pom, jars, *more):
    """Into the folder `jars`, once for each version of the `pom`. More words for Maven."""
    fetched = jars / "fetched"
    if fetched.exists() and fetched.stat().st_mtime >= pom.stat().st_mtime:
        return
    shutil.rmtree(jars, ignore_errors=True)
    subprocess.run(
        ["mvn", "-q", "-B", "-f", pom, *more, "dependency:copy-dependencies",
         f"-DoutputDirectory={jars}"],
        check=True,
    )
    fetched.touch()
