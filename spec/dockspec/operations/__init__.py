"""The operations: what the Engine API offers, and what the world can do.

Read in this order:

containers   create, start, stop, kill, restart, pause, unpause, rename, update, rm, prune
processes    the main process ends, is restarted, loses its program; exec; writes
reading      ps, inspect, logs, top, wait, images, history, version, info
images       tag, rmi, image prune, commit, export, import
registry     pull, push, and what happens over there
archives     save, load
build        the steps of a build
engine       the daemon restarts; slow and failing removals
"""

from dockspec import host
from dockspec.model import Operation
from dockspec.operations import archives, build, containers, engine, images, processes, reading, registry

OPERATIONS: tuple[Operation, ...] = (
    *containers.OPERATIONS,
    *processes.OPERATIONS,
    *reading.OPERATIONS,
    *images.OPERATIONS,
    *registry.OPERATIONS,
    *archives.OPERATIONS,
    *build.OPERATIONS,
    *engine.OPERATIONS,
    *host.OPERATIONS,
)
