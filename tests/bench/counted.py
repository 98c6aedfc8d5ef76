"""The command, and on its last line how many processes it started: `python -m tests.bench.counted normalise ...`."""

import sys

from media_pipeline import __main__


def main() -> int:
    """Run the command under an audit hook."""
    started = []
    sys.addaudithook(
        lambda event, _: started.append(event) if event in {"subprocess.Popen", "os.fork", "os.posix_spawn"} else None
    )
    code = __main__.main()
    sys.stdout.write(f"started={len(started)}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
