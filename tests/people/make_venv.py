"""Makes the virtualenv that these tests run in, unless it is there and has what is required."""

import pathlib
import subprocess
import sys
import venv

REQUIREMENTS = pathlib.Path(__file__).resolve().parent / "requirements.txt"


def main():
    folder = pathlib.Path(sys.argv[1])
    stamp = folder / "requirements.txt"
    wanted = REQUIREMENTS.read_text()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    venv.create(folder, with_pip=True, clear=True)
    subprocess.run(
        [folder / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check",
         "-r", REQUIREMENTS],
        check=True,
    )
    stamp.write_text(wanted)


if __name__ == "__main__":
    main()
