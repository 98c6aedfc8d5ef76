"""The drawn scenes by name: each fills a sheet of any shape."""

from collections.abc import Callable

from app.demo.paper import Sheet
from app.demo.scenes.evening import bowls, snow, windows
from app.demo.scenes.outdoors import forest, garden, kites, tree
from app.demo.scenes.town import garlands, hills, lanterns, market
from app.demo.scenes.water import bridge, harbour, lake

SCENES: dict[str, Callable[[Sheet], None]] = {
    scene.__name__: scene
    for scene in (
        *(market, garlands, hills, lanterns),
        *(bridge, harbour, lake),
        *(kites, tree, forest, garden),
        *(windows, snow, bowls),
    )
}
