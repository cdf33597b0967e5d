"""Opens the studio, or runs its command line: python3 packaging/run.py [ARGS]. Makes the environment first."""

from __future__ import annotations

import os
import subprocess
import sys

import environment


def main() -> int:
    """Hand over to the studio in the project's environment, in the caller's folder."""
    try:
        python = environment.ensure()
    except (environment.SetupError, OSError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 2
    command = [str(python), "-m", "studio", *sys.argv[1:]]
    if os.name == "nt":
        return subprocess.run(command).returncode
    os.execv(command[0], command)


if __name__ == "__main__":
    sys.exit(main())
