#!/usr/bin/env python3
"""Expects the simulator to find each of the planted faults in faults/, and nothing without them."""
import argparse
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
COPIED = ["CMakeLists.txt", "catalog", "cmake", "fuzz", "src", "tests", "deploy", "schema"]


def run(*command: str, check: bool = True) -> subprocess.CompletedProcess:
    return subprocess.run(command, check=check, text=True, capture_output=True)


def copy_tree(to: pathlib.Path) -> None:
    """Files that are the same keep their times, so that only what differs is built again."""
    to.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        source, target = ROOT / name, to / name
        if source.is_dir():
            wanted = {path.relative_to(source) for path in source.rglob("*") if path.is_file()}
            for path in list(target.rglob("*")) if target.exists() else []:
                if path.is_file() and path.relative_to(target) not in wanted:
                    path.unlink()
            for path in wanted:
                copy_file(source / path, target / path)
        elif source.exists():
            copy_file(source, target)


def copy_file(source: pathlib.Path, target: pathlib.Path) -> None:
    text = source.read_bytes()
    if target.exists() and target.read_bytes() == text:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(text)


def simulate(tree: pathlib.Path, jobs: int, seeds: int) -> tuple[bool, str]:
    """Whether it finds something, and what it says; or that it does not build."""
    built = run("ninja", "-C", str(tree / "build"), f"-j{jobs}", "simulate", check=False)
    if built.returncode != 0:
        raise RuntimeError("it does not build:\n" + built.stdout[-2000:])
    command = [str(tree / "build/tests/simulate/simulate"), "--seeds", str(seeds)]
    played = run(*command, "--jobs", str(jobs), check=False)
    if played.returncode not in (0, 1):
        raise RuntimeError(f"it ended with {played.returncode}:\n" + played.stderr[-2000:])
    return played.returncode == 1, played.stdout


def find(patch: pathlib.Path, tree: pathlib.Path, jobs: int, seeds: int) -> str:
    """Empty where the fault was found; else why not."""
    applied = run("patch", "-p1", "--fuzz=3", "-d", str(tree), "-i", str(patch), check=False)
    if applied.returncode != 0:
        return "the patch does not apply: " + applied.stdout.strip().splitlines()[-1]
    try:
        found, said = simulate(tree, jobs, seeds)
        print(said.strip().partition("\n")[0], flush=True)
        return "" if found else f"{seeds} seeds found nothing"
    except RuntimeError as fault:
        return str(fault)
    finally:
        run("patch", "-R", "-p1", "--fuzz=3", "-d", str(tree), "-i", str(patch))
        for leftover in (tree / "src").rglob("*.orig"):
            leftover.unlink()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tree", type=pathlib.Path, required=True, help="where the copy is kept")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=2000)
    parser.add_argument("--only", default="", help="patches with this in their name")
    options = parser.parse_args()
    copy_tree(options.tree)
    build = options.tree / "build"
    run("cmake", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=RelWithDebInfo", "-B", str(build), "-S",
        str(options.tree))
    found, said = simulate(options.tree, options.jobs, options.seeds)
    if found:
        print("without a planted fault:\n" + said)
        return 1
    missed = 0
    for patch in sorted((HERE / "faults").glob("*.patch")):
        if options.only not in patch.name:
            continue
        began = time.monotonic()
        why = find(patch, options.tree, options.jobs, options.seeds)
        missed += bool(why)
        print(f"{patch.stem}: {why or 'found'} ({time.monotonic() - began:.0f} s)", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
