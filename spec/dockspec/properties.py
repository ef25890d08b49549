"""What must hold of every behaviour, in words and in the language.

Five kinds (``model.py``): always (in every state), step (of every step), sometimes (in some state, so that nothing
holds in vain), recoverable (from everywhere it stays possible), same (two ways lead to the same).

Besides these, every check covers what the form implies: each operation answers in every state, each change of a status
is a row of its machine, each rule is reached in some scope.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from dockspec import container, host, image
from dockspec.container import (
    FUNCTIONS,
    Exec,
    ExitCode,
    Layer,
    Policy,
    auto_remove,
    c,
    d,
    exec_process,
    exists,
    exit_code,
    has_exec,
    has_name,
    has_running_flag,
    image_of,
    is_alive,
    is_listed,
    is_used,
    is_used_by_running,
    layer,
    manually_stopped,
    n,
    name_of,
    obstructed,
    policy,
    process_space,
    retries_spent,
    starts,
)
from dockspec.image import (
    ReferenceKind,
    a,
    archived,
    archived_parent,
    archived_reference,
    has_children,
    has_one_reference,
    i,
    is_ancestor,
    is_dangling,
    is_referenced,
    is_top_level,
    j,
    k,
    kind,
    parent,
    present,
    r,
    refers,
    registry,
    s,
    same_repository,
    t,
)
from dockspec.language import (
    Apply,
    Expr,
    Function,
    Literal,
    Sort,
    Variable,
    after,
    conjunction,
    defined,
    every,
    implies,
    some,
)
from dockspec.model import Always, Call, Kind, Property, Recoverable, Same, Sometimes, Step, answered, emits, taken_by
from dockspec.operations.build import base
from dockspec.operations.containers import Signal
from dockspec.operations.registry import digest
from dockspec.operations.shared import Patience, Race, force

_S = container.Status
_is_accepted = answered(Kind.ACCEPTED)


def _equivalent(one: Expr, other: Expr) -> Expr:
    return implies(one, other) & implies(other, one)


def _is_kept(value: Apply) -> Expr:
    """The function has the same value after the step."""
    result = value.function.type
    if isinstance(result, Sort):
        same = Variable("same", result)
        return every(same, _equivalent(value == same, after(value) == same))
    if result is bool:
        return _equivalent(value, after(value))
    members = [Literal(member) for member in result]
    return conjunction(*(implies(value == member, after(value) == member) for member in members))


def _is_initial(value: Apply) -> Expr:
    function: Function = value.function
    if function.partial:
        return ~defined(value)
    return ~value if function.type is bool else value == Literal(function.initial)


def _keeps_all_but(*functions: Function) -> Expr:
    """Everything known of the container is the same after the step, but these functions and its status."""
    return conjunction(*(_is_kept(f(c)) for f in FUNCTIONS if f not in functions))


_known_tag, _known_archive = Variable("known_tag", image.REFERENCE), Variable("known_archive", image.ARCHIVE)


def _is_known(i: Variable) -> Expr:
    """A container, the registry or an archive knows the identity, whether it is present or not."""
    by_registry, by_archive = registry(_known_tag) == i, archived(_known_archive, i)
    return is_used(i) | some(_known_tag, by_registry) | some(_known_archive, by_archive)


# --- containers -----------------------------------------------------------------------------------------------------

CONTAINERS: tuple[Property, ...] = (
    Step(
        "container.rm-only-not-running",
        "rm without -f removes only a container that does not run.",
        implies(exists(c) & ~after(exists(c)) & ~force, ~has_running_flag(c)),
        of=("container.rm",),
    ),
    Always(
        "container.names-unique",
        "Every container has a name, and no two have the same.",
        every(c, implies(exists(c), has_name(c))) & ~some(c, d, n, (name_of(c) == n) & (name_of(d) == n) & (c != d)),
    ),
    Step(
        "container.only-create-makes",
        "Only create, and a build that leaves a step's container behind, touch an absent container.",
        taken_by("container.create", "build.") | every(c, implies(~exists(c), ~after(exists(c)))),
    ),
    Always(
        "container.removed-is-blank",
        "Nothing is known of a removed container, so that create starts from nothing.",
        every(c, implies(~exists(c), conjunction(*(_is_initial(f(c)) for f in FUNCTIONS)))),
    ),
    Always(
        "container.flags",
        "Paused and restarting imply the running flag.",
        every(c, implies(container.status(c).one_of(_S.PAUSED, _S.RESTARTING), has_running_flag(c))),
        by_construction=True,
    ),
    Always(
        "container.ps-lists-running",
        "Plain ps lists exactly the containers with the running flag, and all of them are in ps -a.",
        every(c, _equivalent(is_listed(c), has_running_flag(c)) & implies(is_listed(c), exists(c))),
        by_construction=True,
    ),
    Always(
        "container.process-space",
        "A process space exists exactly in the states running and paused.",
        every(c, _equivalent(process_space(c), is_alive(c))),
    ),
    Always(
        "container.read-write-layer",
        "Every container but a dead one has a read-write layer, and nothing else has.",
        every(c, _equivalent(layer(c) != Layer.NONE, exists(c) & (container.status(c) != _S.DEAD))),
    ),
    Step(
        "container.written-by-processes",
        "Only the container's own processes write its read-write layer; no command does.",
        taken_by("container.write", "container.lose-program", "build.")
        | every(c, implies(after(layer(c) == Layer.WRITTEN), layer(c) == Layer.WRITTEN)),
    ),
    Step(
        "container.layer-survives",
        "What was written stays until the container is removed: stop, kill, start and a daemon's restart keep it.",
        every(c, implies((layer(c) == Layer.WRITTEN) & after(exists(c)), ~after(layer(c) == Layer.CLEAN))),
    ),
    Step(
        "container.exec-starts-in-running",
        "exec starts a process only in a running container.",
        every(c, implies(after(exec_process(c) == Exec.RUNNING), container.status(c).one_of(_S.RUNNING, _S.PAUSED)))
        & implies(_is_accepted & taken_by("exec.start"), every(c, _is_kept(container.status(c)))),
    ),
    Always(
        "container.exec-lives-inside",
        "What exec prepared or started is there only in a running or paused container, and ends with it at the latest.",
        every(c, implies(exec_process(c).one_of(Exec.CREATED, Exec.RUNNING), is_alive(c))),
    ),
    Step(
        "container.start-starts",
        "After an accepted start or restart the container runs; start of a running or restarting one changes nothing.",
        implies(_is_accepted, after(container.status(c) == _S.RUNNING))
        & implies(
            taken_by("container.start") & container.status(c).one_of(_S.RUNNING, _S.RESTARTING),
            answered(Kind.UNCHANGED),
        ),
        of=("container.start", "container.restart"),
    ),
    Step(
        "container.stop-stops",
        "After an accepted stop the container does not run; stop of one that does not run changes nothing.",
        implies(_is_accepted, ~after(has_running_flag(c)) & (auto_remove(c) | after(exists(c))))
        & implies(exists(c) & ~has_running_flag(c), answered(Kind.UNCHANGED)),
        of=("container.stop",),
    ),
    Always(
        "container.auto-removed",
        "A --rm container is never left stopped, and no policy restarts it.",
        every(
            c,
            implies(
                auto_remove(c), ~container.status(c).one_of(_S.STOPPED, _S.RESTARTING) & (policy(c) == Policy.NO)
            ),
        ),
        fails_in={"podman": "Podman lets a --rm container be given a restart policy, which comes before its removal"},
    ),
    Always(
        "container.auto-removed-unobstructed",
        "Left out of the specification: that something keeps the files of a --rm container.",
        every(c, implies(auto_remove(c), ~obstructed(c))),
    ),
    Always(
        "container.retries-fresh",
        "A container with the running flag has its retries: only a run that ended spends them, and a start forgets it.",
        every(c, implies(has_running_flag(c), ~retries_spent(c))),
    ),
    Step(
        "container.retries-spent-by-failing",
        "Only a failure under the policy on-failure, not called off by hand, spends the last retry.",
        every(c, implies(~retries_spent(c) & after(retries_spent(c)),
                         (policy(c) == Policy.ON_FAILURE) & ~manually_stopped(c)
                         & ~after(exit_code(c) == ExitCode.ZERO))),
    ),
    Step(
        "container.frozen",
        "While a container is paused its processes do nothing: none writes, none that exec started ends.",
        every(c, implies((container.status(c) == _S.PAUSED) & after(container.status(c) == _S.PAUSED),
                         _is_kept(layer(c)) & _is_kept(exec_process(c)) & _is_kept(exit_code(c)))),
    ),
    Step(
        "container.exec-in-order",
        "What exec prepared ends only after it was started; one that cannot be started ends at once.",
        every(c, implies(after(exec_process(c) == Exec.ENDED),
                         exec_process(c).one_of(Exec.RUNNING, Exec.ENDED)
                         | ((exec_process(c) == Exec.CREATED) & taken_by("exec.start")))),
    ),
    Step(
        "container.exec-remembered",
        "What exec started is known until another is prepared, the container is removed, or the daemon ends.",
        every(c, implies(exec_process(c).one_of(Exec.RUNNING, Exec.ENDED) & after(~has_exec(c)),
                         after(~exists(c)) | taken_by("daemon.restart", "daemon.crash"))),
    ),
    Step(
        "container.obstructed-stays",
        "No container is removed while something keeps its files.",
        every(c, implies(obstructed(c), after(exists(c)))),
        fails_in={
            "docker-containerd": "with the containerd store a daemon that starts forgets a dead container",
            "podman": "Podman forgets a container although it cannot delete its files",
        },
    ),
    Step(
        "container.dead-keeps",
        "A removal that fails takes nothing but the read-write layer from what does not run.",
        every(c, implies(exists(c) & ~has_running_flag(c) & (container.status(c) != _S.DEAD)
                         & after(container.status(c) == _S.DEAD),
                         _keeps_all_but(layer, process_space, exec_process)
                         & (_is_kept(exec_process(c)) | taken_by("daemon.restart", "daemon.crash")))),
    ),
    Step(
        "container.prune-spares",
        "prune changes nothing of a container that runs, is paused or restarting, or is being removed already.",
        every(c, implies(~container.status(c).one_of(_S.CREATED, _S.STOPPED, _S.DEAD),
                         _is_kept(container.status(c)) & _keeps_all_but())),
        of=("container.prune",),
    ),
    Step(
        "container.halted-restart-keeps-code",
        "What is stopped while it waits to be restarted keeps the exit code of its last run, if it could be started.",
        every(c, implies((container.status(c) == _S.RESTARTING) & after(container.status(c) == _S.STOPPED) & starts(c),
                         _is_kept(exit_code(c)))),
        of=("container.stop", "container.kill", "daemon.restart"),
    ),
    Step(
        "container.crash-loses-code",
        "How a container ended that waits to be restarted is lost when the daemon is killed.",
        every(c, implies((container.status(c) == _S.RESTARTING) & after(exists(c)) & starts(c),
                         after(exit_code(c) == ExitCode.ZERO))),
        of=("daemon.crash",),
    ),
    Step(
        "container.daemon-spares",
        "A daemon's restart changes nothing of what runs neither before nor after it, but the layer of a removal under "
        "way, the exit code where a policy wants a start that fails, and that nothing is known of exec any longer.",
        every(c, implies(
            exists(c) & ~has_running_flag(c) & after(exists(c) & ~has_running_flag(c)),
            _keeps_all_but(layer, exit_code, exec_process) & (_is_kept(exec_process(c)) | after(~has_exec(c)))
            & ((container.status(c) == _S.REMOVING) | _is_kept(layer(c)))
            & (((container.status(c) == _S.STOPPED) & ~starts(c) & (policy(c) != Policy.NO)) | _is_kept(exit_code(c))),
        )),
        of=("daemon.restart", "daemon.crash"),
    ),
    Step(
        "container.policy-no",
        "Policy no never restarts: the end of the process leaves the container stopped.",
        every(c, implies((policy(c) == Policy.NO) & after(container.status(c) == _S.RESTARTING),
                         container.status(c) == _S.RESTARTING)),
    ),
    Step(
        "container.stopped-stays",
        "A stopped container does not run again before it is started, except by the daemon's restart.",
        taken_by("container.start", "container.restart", "daemon.")
        | every(c, implies(container.status(c) == _S.STOPPED, ~after(has_running_flag(c)))),
    ),
    Step(
        "container.kill-cancels-restart",
        "After any accepted kill, even by a signal that the process ignores, no policy restarts this run.",
        implies(_is_accepted & after(exists(c)), after(manually_stopped(c))),
        of=("container.kill",),
    ),
    Step(
        "container.hand-stopped-not-restarted",
        "The end of a run that was stopped by hand is never followed by a restart.",
        implies(manually_stopped(c), ~after(container.status(c) == _S.RESTARTING)),
        of=("container.exit",),
    ),
    Step(
        "container.removed-by-name-only",
        "Only rm, --rm and the end of a removal take a running container away; prune and rmi never do.",
        taken_by("container.rm", "container.stop", "container.kill", "container.exit", "daemon.", "container.start",
                 "container.restart")
        | every(c, implies(has_running_flag(c), after(exists(c)))),
    ),
)  # fmt: skip

# --- images ---------------------------------------------------------------------------------------------------------

_FORCED_PARENTS = "the article says that rmi -f deletes intermediate images too"
_NO_CHILDREN = "the containerd store deletes an image although something is built on it"
_NO_DIGESTS = {
    "docker-containerd": "the containerd store keeps no digest as a name",
    "podman": "Podman keeps no digest as a name",
}
_FOUND_PARENTS = "Podman deletes an image although something is built on it"
_LOST_PARENTS = {"article": _FORCED_PARENTS, "docker-containerd": _NO_CHILDREN, "podman": _FOUND_PARENTS}
_is_plain = is_top_level(i) & ~is_used(i) & ~has_children(i)

IMAGES: tuple[Property, ...] = (
    Step(
        "image.rmi-only-top-level",
        "rmi without -f deletes the image it is asked for only if it is top-level, no container uses it and nothing "
        "is built on it.",
        implies(present(i) & ~after(present(i)) & ~force, _is_plain),
        of=("image.remove",),
        fails_in={"docker-containerd": _NO_CHILDREN, "podman": _FOUND_PARENTS},
    ),
    Step(
        "image.untag-only-unused",
        "The same by reference: and while containers use the image, its last name is not even taken away.",
        every(i, implies((refers(r) == i) & ~after(present(i)) & ~force, _is_plain))
        & every(i, implies((refers(r) == i) & is_used(i) & ~force, after(is_referenced(i)))),
        of=("image.untag",),
        fails_in={"podman": _FOUND_PARENTS},
    ),
    Step(
        "image.cascade",
        "What goes along with an image is what nothing names, no container uses, and nothing else is built on.",
        every(
            k,
            implies(
                present(k) & ~after(present(k)) & has_children(k),
                ~is_referenced(k) & ~is_used(k) & ~some(j, (parent(j) == k) & after(present(j))),
            ),
        ),
        of=("image.untag", "image.remove"),
        fails_in=_LOST_PARENTS,
    ),
    Always(
        "image.parent-present",
        "The parent of a present image is present.",
        every(i, k, implies(parent(k) == i, present(i) & present(k))),
        fails_in=_LOST_PARENTS,
    ),
    Always("image.no-cycle", "No image is its own ancestor.", every(i, ~is_ancestor(i, i))),
    Always(
        "image.references-present",
        "Every reference names a present image.",
        every(r, i, implies(refers(r) == i, present(i))),
    ),
    Always(
        "image.leaves-listed",
        "images lists only what images -a lists, and among it every image that nothing is built on.",
        every(i, implies(is_top_level(i), present(i)) & implies(present(i) & ~has_children(i), is_top_level(i))),
        by_construction=True,
    ),
    Step(
        "image.in-use-kept",
        "No step removes an image that a running, paused or restarting container uses.",
        every(i, implies(present(i) & is_used_by_running(i), after(present(i)))),
    ),
    Step(
        "image.parent-constant",
        "The parent of a present image changes only from none to the one that an archive recorded, by load.",
        every(i, j, implies(present(i) & after(present(i)) & (parent(i) == j), after(parent(i) == j)))
        & every(
            i,
            j,
            implies(
                present(i) & after(present(i) & (parent(i) == j)) & ~(parent(i) == j),
                taken_by("image.load") & ~defined(parent(i)) & some(a, archived_parent(a, i) == j),
            ),
        ),
    ),
    Step(
        "image.only-makers-make",
        "Only pull, load, import, commit and build add an image; every other step adds none.",
        taken_by("image.pull", "image.load", "image.import", "container.commit", "build.")
        | every(i, implies(after(present(i)), present(i))),
    ),
    Step(
        "image.only-rmi-and-prune-remove",
        "Only rmi and prune remove an image.",
        taken_by("image.untag", "image.remove", "image.prune") | every(i, implies(present(i), after(present(i)))),
    ),
    Step(
        "image.names-move-only-by-name",
        "Only tag, pull, push, load, rmi and prune change what a reference names.",
        taken_by("image.tag", "image.pull", "image.push", "image.load", "image.untag", "image.remove", "image.prune")
        | every(r, _is_kept(refers(r))),
    ),
    Step(
        "image.tag-names",
        "After tag the tag names the image; every other reference names what it named.",
        implies(_is_accepted, after(refers(r) == i) & every(s, implies(s != r, _is_kept(refers(s))))),
        of=("image.tag",),
    ),
    Step(
        "image.pull-names",
        "After an accepted pull the tag names what the registry serves, and that image is present.",
        implies(
            _is_accepted,
            every(i, implies(registry(t) == i, after(present(i) & (refers(t) == i))))
            & some(i, registry(t) == i),
        ),
        of=("image.pull",),
    ),
    Step(
        "image.push-names",
        "After an accepted push the registry serves the image under that tag; every reference but its digest names "
        "what it named.",
        implies(
            _is_accepted,
            every(i, implies(refers(t) == i, after(registry(t) == i)))
            & every(s, implies(s != digest, _is_kept(refers(s)))),
        ),
        of=("image.push",),
    ),
    Step(
        "image.transfer-leaves-digest",
        "After an accepted pull or push the digest names what the tag names.",
        implies(_is_accepted, every(i, implies(after(refers(t) == i), after(refers(digest) == i)))),
        of=("image.pull", "image.push"),
        fails_in=_NO_DIGESTS,
    ),
    Step(
        "image.digest-never-moves",
        "A digest names one image for ever: it may go, but never names another one.",
        every(r, i, implies((kind(r) == ReferenceKind.DIGEST) & (refers(r) == i) & after(defined(refers(r))),
                            after(refers(r) == i))),
    ),
    Always(
        "image.one-digest-a-repository",
        "In one repository an image has at most one digest.",
        ~some(r, s, i, (refers(r) == i) & (refers(s) == i) & (r != s) & same_repository(r, s)
              & (kind(r) == ReferenceKind.DIGEST) & (kind(s) == ReferenceKind.DIGEST)),
    ),
    Step(
        "image.known-comes-back",
        "An image that a container, an archive or the registry still knows comes back by pull or load only: what "
        "commit, import and build make is new to all of them.",
        taken_by("image.pull", "image.load")
        | every(i, implies(_is_known(i) & ~present(i), ~after(present(i)))),
    ),
    Always(
        "registry.serves-tags",
        "The registry serves images under tags.",
        every(r, i, implies(registry(r) == i, kind(r) == ReferenceKind.TAG)),
    ),
    Step(
        "registry.publish-new",
        "What somebody pushes is an image that nobody here has seen, and no other tag of the registry moves.",
        every(i, implies(after(registry(t) == i), (registry(t) == i) | ~(present(i) | _is_known(i))))
        & every(s, implies(s != t, _is_kept(registry(s)))),
        of=("registry.publish",),
    ),
    Step(
        "image.untag-untags",
        "After an accepted rmi by reference, the reference names nothing; names of other images stay.",
        implies(
            _is_accepted,
            ~after(defined(refers(r)))
            & every(s, i, implies((refers(s) == i) & ~(refers(r) == i), after(refers(s) == i))),
        ),
        of=("image.untag",),
    ),
    Step(
        "image.remove-removes",
        "After an accepted rmi by id, the image is gone with all its names; names of other images stay.",
        implies(
            _is_accepted,
            ~after(present(i))
            & every(s, implies(refers(s) == i, ~after(defined(refers(s)))))
            & every(s, implies(~(refers(s) == i), _is_kept(refers(s)))),
        ),
        of=("image.remove",),
    ),
    Step(
        "image.prune-takes-dangling",
        "image prune leaves no image that was dangling, unless a container uses it.",
        every(i, implies(is_dangling(i) & after(present(i)), is_used(i))),
        of=("image.prune",),
        fails_in={"podman": "Podman's image prune -a leaves what is dangling"},
    ),
    Step(
        "image.commit-adds-one",
        "commit leaves the container as it was; the new image stands on the container's image.",
        implies(
            _is_accepted,
            after(present(i))
            & every(j, implies(image_of(c) == j, after(parent(i) == j)))
            & conjunction(*(_is_kept(f(c)) for f in (container.status, *FUNCTIONS))),
        ),
        of=("container.commit",),
    ),
    Step(
        "image.import-is-flat",
        "An imported image stands alone: one layer, no parent.",
        implies(_is_accepted, after(present(i)) & ~after(defined(parent(i)))),
        of=("image.import", "build.parentless"),
    ),
    Step(
        "image.build-builds-on",
        "A step of the classic builder makes an image that stands on the step before.",
        implies(_is_accepted, after(present(i) & (parent(i) == base))),
        of=("build.run", "build.config", "build.copy"),
    ),
)  # fmt: skip

# --- the host, and every step ---------------------------------------------------------------------------------------

_port = host.port
_is_open = ((host.port_set == host.Set.RUNTIME) & host.runtime(_port)) | (
    (host.port_set == host.Set.PERMANENT) & host.permanent(_port)
)

HOST: tuple[Property, ...] = (
    Always(
        "firewall.stopped-opens-nothing",
        "While firewalld does not run, its runtime set is empty.",
        every(_port, implies(host.status() == host.Status.STOPPED, ~host.runtime(_port))),
    ),
    Step(
        "firewall.permanent-by-name",
        "The permanent set changes only by --permanent.",
        implies(host.port_set == host.Set.RUNTIME, _is_kept(host.permanent(_port))),
        of=("firewall.add-port", "firewall.remove-port"),
    ),
    Step(
        "firewall.nothing-to-do",
        "Opening what is open, and closing what is closed, is no change.",
        implies(
            (_is_open & taken_by("firewall.add-port")) | (~_is_open & taken_by("firewall.remove-port")),
            answered(Kind.UNCHANGED, Kind.REFUSED),
        ),
        of=("firewall.add-port", "firewall.remove-port"),
    ),
    Step(
        "firewall.reload-forgets",
        "After a reload or a start the runtime set is the permanent one.",
        implies(_is_accepted, every(_port, _equivalent(after(host.runtime(_port)), after(host.permanent(_port))))),
        of=("firewall.reload", "firewall.start"),
    ),
)

EVERY_STEP: tuple[Property, ...] = (
    Step(
        "step.refused-changes-nothing",
        "Refused and unchanged answers change nothing and emit no event.",
        implies(answered(Kind.REFUSED, Kind.UNCHANGED), ~emits()),
        by_construction=True,
    ),
)

# --- what proofs lean on --------------------------------------------------------------------------------------------

FOUNDATIONS: tuple[Property, ...] = (
    Always(
        "container.alive-can-start",
        "What is alive can be started: a program gets lost only while its container does not run.",
        every(c, implies(is_alive(c), starts(c))),
    ),
    Always(
        "image.only-present-has-parent",
        "The parent link of an image goes with the image.",
        every(k, implies(defined(parent(k)), present(k))),
    ),
    Always(
        "archive.links-inside",
        "An archive records a link only between images that it holds.",
        every(a, i, k, implies(archived_parent(a, k) == i, archived(a, k) & archived(a, i))),
    ),
    Always(
        "archive.names-inside",
        "An archive names only images that it holds, and only by tags.",
        every(a, r, i, implies(archived_reference(a, r) == i, archived(a, i) & (kind(r) == ReferenceKind.TAG))),
    ),
    Always(
        "reference.repositories",
        "To be of one repository goes both ways and is handed on; a constant of the world, which no step changes.",
        every(r, s, implies(same_repository(r, s), same_repository(s, r)))
        & every(r, s, t, implies(same_repository(r, s) & same_repository(s, t), same_repository(r, t))),
    ),
)

# --- sometimes ------------------------------------------------------------------------------------------------------

_NEVER_IN: Mapping[Enum, Mapping[str, str]] = {
    _S.RESTARTING: {"podman": "Podman starts a container again at once"},
    _S.DEAD: {"podman": "Podman forgets a container although it cannot delete its files"},
    image.Status.DIGEST_ONLY: _NO_DIGESTS,
}

SOMETIMES: tuple[Property, ...] = (
    *(
        Sometimes(f"container.reaches-{state.value.value}", f"Some container is {state.value.value}.",
                  some(c, container.status(c) == state.value), fails_in=_NEVER_IN.get(state.value, {}))
        for state in container.MACHINE.states
    ),
    *(
        Sometimes(f"image.reaches-{state.value.value}", f"Some image is {state.value.value}.",
                  some(i, image.status(i) == state.value), fails_in=_NEVER_IN.get(state.value, {}))
        for state in image.MACHINE.states
    ),
    *(
        Sometimes(f"host.reaches-{state.value.value}", f"firewalld is {state.value.value}.",
                  host.status() == state.value)
        for state in host.MACHINE.states
    ),
    Sometimes(
        "container.on-removed-image",
        "Some container lives on although its image was removed by force.",
        some(c, i, (image_of(c) == i) & ~present(i) & is_alive(c)),
        fails_in={"podman": "Podman deletes no image while a container of it is there"},
    ),
    Sometimes(
        "container.policy-overruled",
        "Some container with policy always is stopped.",
        some(c, (policy(c) == Policy.ALWAYS) & (container.status(c) == _S.STOPPED)),
    ),
    Sometimes(
        "image.grandparent",
        "Some image has a parent that has a parent.",
        some(i, j, k, (parent(i) == j) & (parent(j) == k)),
    ),
    Sometimes(
        "image.tag-and-digest",
        "Some image has a tag and a digest, and still counts as singly referenced.",
        some(i, r, s, (refers(r) == i) & (refers(s) == i) & (r != s) & has_one_reference(i)),
        fails_in=_NO_DIGESTS,
    ),
)  # fmt: skip

# --- recoverable, same ----------------------------------------------------------------------------------------------

RECOVERABLE: tuple[Property, ...] = (
    Recoverable(
        "everything-removable",
        "Once the world clears its obstacles, every container and every image can be removed.",
        every(c, ~exists(c)) & every(i, ~present(i)),
        by=("obstacle.clear", "removal.end", "container.rm", "image.untag", "image.remove"),
    ),
)

_is_only_dangling = is_dangling(i) & ~is_used(i) & ~is_referenced(i) & ~some(j, is_dangling(j) & (i != j))
_is_named_by_one_tag = (refers(r) == i) & (kind(r) == ReferenceKind.TAG) & ~some(s, (refers(s) == i) & (s != r))
_REMOVE_ALONE = Call("image.remove", {"i": i, "force": False, "prune": False})
_SAVE = Call("image.save", {"a": a, "r": r, "more": False})
_SAVE_PARENT = Call("image.save-id", {"a": a, "i": j, "more": True})
_LOAD = Call("image.load", {"a": a})

SAME: tuple[Property, ...] = (
    Same(
        "rm-force-is-kill-and-rm",
        "Where the container runs, rm -f leads to the state of kill, rm.",
        is_alive(c) & ~auto_remove(c),
        first=(Call("container.rm", {"c": c, "force": True}),),
        second=(
            Call("container.kill", {"c": c, "signal": Signal.KILL}),
            Call("container.rm", {"c": c, "force": False}),
        ),
    ),
    Same(
        "restart-is-stop-and-start",
        "restart leads to the state of stop, start; with --rm, only where the container does not run.",
        exists(c) & ~(auto_remove(c) & has_running_flag(c)),
        first=(Call("container.restart", {"c": c, "patience": Patience.GRACE, "race": Race.TERM}),),
        second=(
            Call("container.stop", {"c": c, "patience": Patience.GRACE, "race": Race.TERM}),
            Call("container.start", {"c": c}),
        ),
    ),
    Same(
        "prune-is-rmi-of-dangling",
        "Where one dangling image is unused, image prune leads to the state of rmi by its id.",
        _is_only_dangling,
        first=(Call("image.prune", {"all_unused": False}),),
        second=(Call("image.remove", {"i": i, "force": False, "prune": True}),),
        fails_in={"docker-containerd": f"{_NO_CHILDREN}, and rmi takes unnamed parents along as long as all are there"},
    ),
    Same(
        "save-load",
        "load after save brings back an image that was removed in between: the same id, the same tag.",
        _is_named_by_one_tag & ~has_children(i) & ~is_used(i) & ~defined(parent(i)),
        first=(_SAVE, _REMOVE_ALONE, _LOAD),
        second=(_SAVE,),
    ),
    Same(
        "save-load-links",
        "The parent link comes back too, if the archive holds the parent.",
        _is_named_by_one_tag & ~has_children(i) & ~is_used(i) & (parent(i) == j),
        first=(_SAVE, _SAVE_PARENT, _REMOVE_ALONE, _LOAD),
        second=(_SAVE, _SAVE_PARENT),
        fails_in={
            dialect: f"{why}: a parent that is gone cannot be saved, and its link is lost"
            for dialect, why in _LOST_PARENTS.items()
        },
    ),
)

PROPERTIES: tuple[Property, ...] = (
    *CONTAINERS, *IMAGES, *HOST, *EVERY_STEP, *FOUNDATIONS, *SOMETIMES, *RECOVERABLE, *SAME,
)  # fmt: skip
