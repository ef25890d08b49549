"""docker's commands and their flags: docker 20.10.24, from `docker COMMAND --help` and measured on its client.

A flag is *modelled*, *without effect* on the lifecycle of containers and images (it is accepted and reported), or *not
modelled* (it would change an answer or a state that the spec tells: it is refused by name). Where a flag's effect is
not plain, a comment gives the reason.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from dockspec._flags import Command, flags

# --- docker itself ----------------------------------------------------------------------------------------------------

GLOBAL_FLAGS: Final = flags(
    modelled="""
        -v, --version
    """,
    without_effect="""
            --config string
        -c, --context string
        -D, --debug
        -H, --host list
        -l, --log-level string
            --tls
            --tlscacert string
            --tlscert string
            --tlskey string
            --tlsverify
    """,
)

# --- create, run ------------------------------------------------------------------------------------------------------
# A shell that finds no standard input open ends at once, so -i and -t decide what becomes of `run -d alpine`.

_CREATE_MODELLED: Final = """
            --entrypoint string
        -i, --interactive
            --name string
        -p, --publish list
            --pull string
            --restart string
            --rm
        -t, --tty
"""
_CREATE_WITHOUT_EFFECT: Final = """
            --add-host list
        -a, --attach list
            --blkio-weight uint16
            --blkio-weight-device list
            --cap-add list
            --cap-drop list
            --cgroup-parent string
            --cgroupns string
            --cpu-count int, hidden
            --cpu-percent int, hidden
            --cpu-period int
            --cpu-quota int
            --cpu-rt-period int
            --cpu-rt-runtime int
        -c, --cpu-shares int
            --cpus decimal
            --cpuset-cpus string
            --cpuset-mems string
            --device list
            --device-cgroup-rule list
            --device-read-bps list
            --device-read-iops list
            --device-write-bps list
            --device-write-iops list
            --disable-content-trust
            --dns list
            --dns-option list
            --dns-search list
            --domainname string
        -e, --env list
            --env-file list
            --expose list
            --gpus gpu-request
            --group-add list
        -h, --hostname string
            --io-maxbandwidth bytes, hidden
            --io-maxiops uint64, hidden
            --ip string
            --ip6 string
            --ipc string
            --isolation string
            --kernel-memory bytes
        -l, --label list
            --label-file list
            --link-local-ip list
            --log-driver string
            --log-opt list
            --mac-address string
        -m, --memory bytes
            --memory-reservation bytes
            --memory-swap bytes
            --memory-swappiness int
            --mount mount
            --net network = network, hidden
            --net-alias list = network-alias, hidden
            --network network
            --network-alias list
            --no-healthcheck
            --oom-kill-disable
            --oom-score-adj int
            --pid string
            --pids-limit int
            --platform string
            --privileged
        -P, --publish-all
            --read-only
            --runtime string
            --security-opt list
            --shm-size bytes
            --storage-opt list
            --sysctl map
            --tmpfs list
            --ulimit ulimit
        -u, --user string
            --userns string
            --uts string
        -v, --volume list
            --volume-driver string
        -w, --workdir string
"""
# A health check starts processes; --init makes TERM deadly; a link gives a second name; --stop-signal decides whether a
# signal wakes a paused container; --stop-timeout decides who ends the process; --volumes-from needs another container;
# --cidfile is a file that the next line may read.
_CREATE_NOT_MODELLED: Final = """
            --cidfile string
            --health-cmd string
            --health-interval duration
            --health-retries int
            --health-start-period duration
            --health-timeout duration
            --init
            --link list
            --stop-signal string
            --stop-timeout int
            --volumes-from list
"""
_CREATE_FLAGS: Final = flags(
    modelled=_CREATE_MODELLED,
    without_effect=_CREATE_WITHOUT_EFFECT,
    not_modelled=_CREATE_NOT_MODELLED,
)
_RUN_FLAGS: Final = _CREATE_FLAGS + flags(
    modelled="""
        -d, --detach
    """,
    without_effect="""
            --detach-keys string
            --sig-proxy
    """,
)

# --- build ------------------------------------------------------------------------------------------------------------
# --label adds a step, hence an image; --pull may move the tag of FROM; --cache-from changes what is rebuilt.

_BUILD_FLAGS: Final = flags(
    modelled="""
        -f, --file string
            --force-rm
            --no-cache
        -q, --quiet
            --rm
        -t, --tag list
            --target string
    """,
    without_effect="""
            --add-host list
            --build-arg list
            --cgroup-parent string
            --compress
            --cpu-period int
            --cpu-quota int
        -c, --cpu-shares int
            --cpuset-cpus string
            --cpuset-mems string
            --disable-content-trust
            --isolation string
        -m, --memory bytes
            --memory-swap bytes
            --network string
            --platform string, hidden
            --progress string, hidden
            --secret list, hidden
            --security-opt strings
            --shm-size bytes
            --ssh list, hidden
            --ulimit ulimit
    """,
    not_modelled="""
            --cache-from strings
            --iidfile string
            --label list
        -o, --output list, hidden
            --pull
            --squash
            --stream, hidden
    """,
)

# --- the commands -----------------------------------------------------------------------------------------------------

COMMANDS: Final = (
    Command(
        "run",
        ("run", "container run"),
        "[OPTIONS] IMAGE [COMMAND] [ARG...]",
        "Run a command in a new container",
        1,
        None,
        _RUN_FLAGS,
        interspersed=False,
    ),
    Command(
        "create",
        ("create", "container create"),
        "[OPTIONS] IMAGE [COMMAND] [ARG...]",
        "Create a new container",
        1,
        None,
        _CREATE_FLAGS,
        interspersed=False,
    ),
    Command(
        "start",
        ("start", "container start"),
        "[OPTIONS] CONTAINER [CONTAINER...]",
        "Start one or more stopped containers",
        1,
        None,
        flags(
            modelled="""
        -a, --attach
        -i, --interactive
            """,
            without_effect="""
            --detach-keys string
            """,
            not_modelled="""
            --checkpoint string, hidden
            --checkpoint-dir string, hidden
            """,
        ),
    ),
    Command(
        "stop",
        ("stop", "container stop"),
        "[OPTIONS] CONTAINER [CONTAINER...]",
        "Stop one or more running containers",
        1,
        None,
        flags(modelled="-t, --time int"),
    ),
    Command(
        "restart",
        ("restart", "container restart"),
        "[OPTIONS] CONTAINER [CONTAINER...]",
        "Restart one or more containers",
        1,
        None,
        flags(modelled="-t, --time int"),
    ),
    Command(
        "kill",
        ("kill", "container kill"),
        "[OPTIONS] CONTAINER [CONTAINER...]",
        "Kill one or more running containers",
        1,
        None,
        flags(modelled="-s, --signal string"),
    ),
    Command(
        "pause",
        ("pause", "container pause"),
        "CONTAINER [CONTAINER...]",
        "Pause all processes within one or more containers",
        1,
        None,
    ),
    Command(
        "unpause",
        ("unpause", "container unpause"),
        "CONTAINER [CONTAINER...]",
        "Unpause all processes within one or more containers",
        1,
        None,
    ),
    Command(
        "wait",
        ("wait", "container wait"),
        "CONTAINER [CONTAINER...]",
        "Block until one or more containers stop, then print their exit codes",
        1,
        None,
    ),
    Command(
        "rm",
        ("rm", "container rm"),
        "[OPTIONS] CONTAINER [CONTAINER...]",
        "Remove one or more containers",
        1,
        None,
        flags(
            modelled="""
        -f, --force
        -v, --volumes
            """,
            not_modelled="""
        -l, --link
            """,
        ),
    ),
    Command(
        "rename",
        ("rename", "container rename"),
        "CONTAINER NEW_NAME",
        "Rename a container",
        2,
        2,
    ),
    Command(
        "update",
        ("update", "container update"),
        "[OPTIONS] CONTAINER [CONTAINER...]",
        "Update configuration of one or more containers",
        1,
        None,
        flags(
            modelled="""
            --restart string
            """,
            without_effect="""
            --blkio-weight uint16
            --cpu-period int
            --cpu-quota int
            --cpu-rt-period int
            --cpu-rt-runtime int
        -c, --cpu-shares int
            --cpus decimal
            --cpuset-cpus string
            --cpuset-mems string
            --kernel-memory bytes
        -m, --memory bytes
            --memory-reservation bytes
            --memory-swap bytes
            --pids-limit int
            """,
        ),
    ),
    Command(
        "exec",
        ("exec", "container exec"),
        "[OPTIONS] CONTAINER COMMAND [ARG...]",
        "Run a command in a running container",
        2,
        None,
        flags(
            modelled="""
        -d, --detach
        -i, --interactive
        -t, --tty
            """,
            without_effect="""
            --detach-keys string
        -e, --env list
            --env-file list
            --privileged
        -u, --user string
        -w, --workdir string
            """,
        ),
        interspersed=False,
    ),
    Command(
        "logs",
        ("logs", "container logs"),
        "[OPTIONS] CONTAINER",
        "Fetch the logs of a container",
        1,
        1,
        flags(
            modelled="""
        -f, --follow
            --since string
        -n, --tail string
            """,
            without_effect="""
            --details
            """,
            not_modelled="""
        -t, --timestamps
            --until string
            """,
        ),
    ),
    Command(
        "top",
        ("top", "container top"),
        "CONTAINER [ps OPTIONS]",
        "Display the running processes of a container",
        1,
        None,
        interspersed=False,
    ),
    Command(
        "ps",
        ("ps", "container ls"),
        "[OPTIONS]",
        "List containers",
        0,
        0,
        flags(
            modelled="""
        -a, --all
        -f, --filter filter
        -n, --last int
        -l, --latest
            --no-trunc
        -q, --quiet
            """,
            not_modelled="""
            --format string
        -s, --size
            """,
        ),
        synonyms=("container ps", "container list"),
    ),
    Command(
        "inspect",
        ("inspect",),
        "[OPTIONS] NAME|ID [NAME|ID...]",
        "Return low-level information on Docker objects",
        1,
        None,
        flags(
            modelled="""
        -f, --format string
            --type string
            """,
            not_modelled="-s, --size",
        ),
    ),
    Command(
        "container inspect",
        ("container inspect",),
        "[OPTIONS] CONTAINER [CONTAINER...]",
        "Display detailed information on one or more containers",
        1,
        None,
        flags(modelled="-f, --format string", not_modelled="-s, --size"),
    ),
    Command(
        "image inspect",
        ("image inspect",),
        "[OPTIONS] IMAGE [IMAGE...]",
        "Display detailed information on one or more images",
        1,
        None,
        flags(modelled="-f, --format string"),
    ),
    Command(
        "commit",
        ("commit", "container commit"),
        "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
        "Create a new image from a container's changes",
        1,
        2,
        flags(
            modelled="""
        -p, --pause
            """,
            without_effect="""
        -a, --author string
        -c, --change list
        -m, --message string
            """,
        ),
        interspersed=False,
    ),
    Command(
        "export",
        ("export", "container export"),
        "[OPTIONS] CONTAINER",
        "Export a container's filesystem as a tar archive",
        1,
        1,
        flags(modelled="-o, --output string"),
    ),
    Command(
        "import",
        ("import", "image import"),
        "[OPTIONS] file|URL|- [REPOSITORY[:TAG]]",
        "Import the contents from a tarball to create a filesystem image",
        1,
        None,
        flags(
            without_effect="""
        -c, --change list
        -m, --message string
            --platform string
            """,
        ),
    ),
    Command(
        "save",
        ("save", "image save"),
        "[OPTIONS] IMAGE [IMAGE...]",
        "Save one or more images to a tar archive (streamed to STDOUT by default)",
        1,
        None,
        flags(modelled="-o, --output string"),
    ),
    Command(
        "load",
        ("load", "image load"),
        "[OPTIONS]",
        "Load an image from a tar archive or STDIN",
        0,
        0,
        flags(
            modelled="""
        -i, --input string
        -q, --quiet
            """,
        ),
    ),
    Command(
        "build",
        ("build", "image build", "builder build"),
        "[OPTIONS] PATH | URL | -",
        "Build an image from a Dockerfile",
        1,
        1,
        _BUILD_FLAGS,
    ),
    Command(
        "history",
        ("history", "image history"),
        "[OPTIONS] IMAGE",
        "Show the history of an image",
        1,
        1,
        flags(
            modelled="""
        -H, --human
            --no-trunc
        -q, --quiet
            """,
            not_modelled="""
            --format string
            """,
        ),
    ),
    Command(
        "images",
        ("images", "image ls"),
        "[OPTIONS] [REPOSITORY[:TAG]]",
        "List images",
        0,
        1,
        flags(
            modelled="""
        -a, --all
            --digests
        -f, --filter filter
            --no-trunc
        -q, --quiet
            """,
            not_modelled="""
            --format string
            """,
        ),
        synonyms=("image list",),
    ),
    Command(
        "pull",
        ("pull", "image pull"),
        "[OPTIONS] NAME[:TAG|@DIGEST]",
        "Pull an image or a repository from a registry",
        1,
        1,
        flags(
            modelled="""
        -q, --quiet
            """,
            without_effect="""
            --disable-content-trust
            --platform string
            """,
            not_modelled="""
        -a, --all-tags
            """,
        ),
    ),
    Command(
        "push",
        ("push", "image push"),
        "[OPTIONS] NAME[:TAG]",
        "Push an image or a repository to a registry",
        1,
        1,
        flags(
            modelled="""
        -q, --quiet
            """,
            without_effect="""
            --disable-content-trust
            """,
            not_modelled="""
        -a, --all-tags
            """,
        ),
    ),
    Command(
        "rmi",
        ("rmi", "image rm"),
        "[OPTIONS] IMAGE [IMAGE...]",
        "Remove one or more images",
        1,
        None,
        flags(
            modelled="""
        -f, --force
            --no-prune
            """,
        ),
        synonyms=("image rmi", "image remove"),
    ),
    Command(
        "tag",
        ("tag", "image tag"),
        "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
        "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
        2,
        2,
        interspersed=False,
    ),
    Command(
        "container prune",
        ("container prune",),
        "[OPTIONS]",
        "Remove all stopped containers",
        0,
        0,
        flags(
            modelled="""
        -f, --force
            """,
            not_modelled="""
            --filter filter
            """,
        ),
    ),
    Command(
        "image prune",
        ("image prune",),
        "[OPTIONS]",
        "Remove unused images",
        0,
        0,
        flags(
            modelled="""
        -a, --all
        -f, --force
            """,
            not_modelled="""
            --filter filter
            """,
        ),
    ),
    Command(
        "builder prune",
        ("builder prune",),
        "",
        "Remove build cache",
        0,
        0,
        flags(
            modelled="""
        -a, --all
        -f, --force
            """,
            not_modelled="""
            --filter filter
            --keep-storage bytes
            """,
        ),
    ),
    Command(
        "system prune",
        ("system prune",),
        "[OPTIONS]",
        "Remove unused data",
        0,
        0,
        flags(
            modelled="""
        -a, --all
        -f, --force
            """,
            without_effect="""
            --volumes
            """,
            not_modelled="""
            --filter filter
            """,
        ),
    ),
    Command(
        "info",
        ("info", "system info"),
        "[OPTIONS]",
        "Display system-wide information",
        0,
        0,
        flags(not_modelled="-f, --format string"),
    ),
    Command(
        "version",
        ("version",),
        "[OPTIONS]",
        "Show the Docker version information",
        0,
        0,
        flags(
            without_effect="""
            --kubeconfig string
            """,
            not_modelled="""
        -f, --format string
            """,
        ),
    ),
)

GROUPS: Final = MappingProxyType(
    {
        "builder": "Manage builds",
        "container": "Manage containers",
        "image": "Manage images",
        "system": "Manage Docker",
    }
)

# Known to docker, outside the spec. Within the groups above, the summaries are part of docker's answer to an unknown
# word.
OUTSIDE: Final = MappingProxyType(
    {
        "attach": "Attach local standard input, output, and error streams to a running container",
        "buildx": "Docker Buildx, a plugin",
        "completion": "Generate the autocompletion script for the specified shell",
        "compose": "Docker Compose, a plugin",
        "config": "Manage Docker configs",
        "container attach": "Attach local standard input, output, and error streams to a running container",
        "container cp": "Copy files/folders between a container and the local filesystem",
        "container diff": "Inspect changes to files or directories on a container's filesystem",
        "container port": "List port mappings or a specific mapping for the container",
        "container stats": "Display a live stream of container(s) resource usage statistics",
        "context": "Manage contexts",
        "cp": "Copy files/folders between a container and the local filesystem",
        "diff": "Inspect changes to files or directories on a container's filesystem",
        "events": "Get real time events from the server",
        "login": "Log in to a Docker registry",
        "logout": "Log out from a Docker registry",
        "manifest": "Manage Docker image manifests and manifest lists",
        "network": "Manage networks",
        "node": "Manage Swarm nodes",
        "plugin": "Manage plugins",
        "port": "List port mappings or a specific mapping for the container",
        "search": "Search the Docker Hub for images",
        "secret": "Manage Docker secrets",
        "service": "Manage services",
        "stack": "Manage Docker stacks",
        "stats": "Display a live stream of container(s) resource usage statistics",
        "swarm": "Manage Swarm",
        "system df": "Show docker disk usage",
        "system events": "Get real time events from the server",
        "trust": "Manage trust on Docker images",
        "volume": "Manage volumes",
    }
)
