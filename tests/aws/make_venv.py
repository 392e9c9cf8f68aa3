"""Makes the virtual environment that the tests of AWS run in, where it is not there yet.

    make_venv.py FOLDER

Told by a stamp, so that a change of requirements.txt makes it anew.
"""

import pathlib
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent


def main():
    folder = pathlib.Path(sys.argv[1])
    wanted = (HERE / "requirements.txt").read_text()
    stamp = folder / "requirements.stamp"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    venv.create(folder, with_pip=True, clear=True)
    subprocess.run(
        [folder / "bin" / "pip", "--quiet", "--disable-pip-version-check", "install",
         "--requirement", HERE / "requirements.txt"],
        check=True,
    )
    stamp.write_text(wanted)


if __name__ == "__main__":
    main()
