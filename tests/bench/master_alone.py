"""The command without what pages need besides the master: `python -m tests.bench.master_alone normalise ...`.

The poster, preview and tile of a clip come from one more output of the same graph; here it is taken off again, so that its cost
can be told.
"""

import re
import sys
from pathlib import Path
from typing import Any

from media_pipeline import __main__, clip_graph, photo
from media_pipeline.commands import Arguments


def main() -> int:
    """Run the command so."""
    whole = clip_graph.masters

    def without_stills(*given: Any, **named: Any) -> Arguments:
        (Path(given[5]) / "still_01.png").touch()
        arguments = list(whole(*given, **named))
        del arguments[arguments.index("[stills]") - 1 :]
        at = arguments.index("-filter_complex") + 1
        parts = [part for part in arguments[at].split(";") if not part.endswith("[stills]")]
        [outputs] = [int(found[1]) for found in re.finditer(r"split=(\d+)(?=[^;]*\[frames\])", parts[0])]
        parts[0] = parts[0].replace(f"split={outputs}", f"split={outputs - 1}").replace("[frames]", "")
        arguments[at] = ";".join(parts)
        return tuple(arguments)

    clip_graph.masters = without_stills
    photo.make_stills = lambda *_, **__: ()
    return __main__.main()


if __name__ == "__main__":
    sys.exit(main())
