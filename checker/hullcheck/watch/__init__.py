"""A stream of ``docker events``, held against the specification: the first event that no behaviour allows.

Read in this order:

    vocabulary  how engines tell what they do, and which order they do not promise
    views       what is followed of an object, and the steps that the rules make of it
    projection  what the stream may show of one object: a machine over sets of local situations
    monitor     a stream, object by object
    printing    findings as text and as JSON
    command     ``hullcheck watch``

What a stream cannot show, and so is never reported:

- a call that failed or changed nothing (304, 404, 409): it emits nothing;
- which tag an untag took, and that a tag moved away from an image: only the image that has it now is told;
- an image that a build made, or a pull, before the first event with its id; BuildKit may make a deleted image again
  under the same id, and tells its tag; without a tag such an image, deleted again, is reported although it is right;
- a container's restart policy and --rm: a container whose process ended can be `exited` or `restarting`;
- that a stop is missing after its kill and die: so looks a `docker kill`; that a kill is missing before its die: it may
  have been told late, or the process ended by itself;
- that the unpause of a paused container is missing which a stop resumed: one that kills at once tells none;
- an event left out that nothing later needs: the last one of an object, an update, a rename, a commit;
- for two to four seconds, that what is told when it is over (exec_create and top after a die; commit and export after a
  destroy; save and import after a delete) is out of place: it may have begun before;
- with the containerd store, that an image is gone: it tells `delete` also of one that stays, because something is built
  on it;
- with Podman, anything about images, kills, stops, restarts and execs: see the vocabulary;
- what ended while no daemon was there to tell it, after a crash or a reboot: that is a gap, see ``lossy``;
- the first events of objects that were there before: they can be in any state, and in the middle of operations.

Two things are reported although Docker can do them, where three calls meet within milliseconds: a second restart of a
container that is paused after the first one (20.10), and the start of an exec that was made just when the container
died and was restarted (26.1, 28.5). To allow them would let pass what is wrong far more often.

Signals and exit codes are not judged: which signal stops a container is its own setting, which no event shows, and a
process may end by itself at any time.
"""

from hullcheck.watch.monitor import Counts, Finding, Monitor, Skipped, Told

__all__ = ["Counts", "Finding", "Monitor", "Skipped", "Told"]
