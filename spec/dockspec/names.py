"""Names, ids and references: what a person types for a container or an image, and what Docker takes it to mean.

Pure functions over plain mappings. A solver cannot see letters, so nothing here stands in a formula: operations take
objects, and this module finds them, in Docker's order of precedence.

Sources, each named where it is used: docker-engine notes measured on Docker 20.10.24; moby 20.10
(`daemon/container.go`, `daemon/names.go`, `daemon/images/image.go`, `daemon/images/image_delete.go`,
`reference/store.go`); distribution 2.7 (`reference/reference.go`, `regexp.go`, `normalize.go`); go-digest
(`digest.go`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

SHORT_ID_LENGTH: Final = 12
NAME_LENGTH_LIMIT: Final = 255
DEFAULT_DOMAIN: Final = "docker.io"
DEFAULT_TAG: Final = "latest"
_LEGACY_DOMAIN: Final = "index.docker.io"
_OFFICIAL: Final = "library/"
_ALGORITHM: Final = "sha256:"


class NamesError(ValueError):
    """What was typed cannot be used. `text` is what Docker 20.10.24 says, without `Error response from daemon:`."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class BadName(NamesError):
    """The text is not a container name (HTTP 400)."""


class BadReference(NamesError):
    """The text is not an image reference (HTTP 400; the docker client mostly refuses it before it asks the engine)."""


class NotFound(NamesError):
    """Nothing has that name, id or reference (HTTP 404)."""


class Ambiguous(NamesError):
    """An id prefix fits several containers (HTTP 500 in 20.10, 400 from 25.0 on). Images give `NotFound` instead."""


# --- containers -------------------------------------------------------------------------------------------------------

_NAME: Final = re.compile(r"/?[a-zA-Z0-9][a-zA-Z0-9_.-]+")


def check_name(text: str) -> str:
    """The container name that *text* asks for: without its leading slash, if it has one.

    At least two characters. Raises `BadName`. Source: measured; `daemon/names.go:reserveName`.
    """
    if not _NAME.fullmatch(text):
        raise BadName(f"Invalid container name ({text}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed")
    return text.removeprefix("/")


def resolve_container(text: str, names: Mapping[str, str], ids: Collection[str]) -> str:
    """The id of the container that *text* means.

    *names* maps a name (without slash) to an id; *ids* holds every container's full id. Precedence: full id, exact name
    (one leading slash allowed), unique id prefix. So a name equal to another container's id prefix wins.
    Raises `BadName` for the empty text, `NotFound`, and `Ambiguous`.
    Source: measured; `daemon/container.go:GetContainer`.
    """
    if not text:
        raise BadName('invalid name or ID supplied: ""')
    if text in ids:
        return text
    named = names.get(text.removeprefix("/"))
    if named is not None:
        return named
    found = [identity for identity in ids if identity.startswith(text)]
    if not found:
        raise NotFound(f"No such container: {text}")
    if len(found) > 1:
        raise Ambiguous(f"Multiple IDs found with provided prefix: {text}")
    return found[0]


def short_id(identity: str) -> str:
    """The first 12 hexadecimal digits of an id, as `docker ps` and `docker images` show it (`sha256:` is dropped)."""
    return identity.removeprefix(_ALGORITHM)[:SHORT_ID_LENGTH]


_ADJECTIVES: Final = (
    "ample", "brisk", "candid", "deft", "even", "frugal", "genial", "hardy",
    "ideal", "keen", "lucid", "mellow", "nimble", "patient", "sober", "terse",
)  # fmt: skip
_SURNAMES: Final = (
    "church", "dijkstra", "emerson", "floyd", "gries", "hoare", "kripke", "lamport",
    "mealy", "moore", "owicki", "petri", "pnueli", "rabin", "scott", "tarski",
)  # fmt: skip


def generated_name(n: int) -> str:
    """The *n*-th name (from 0) for a container that was given none: adjective, underscore, surname.

    Docker draws such a name at random and appends a digit after a clash; here the same *n* always gives the same name,
    and different *n* give different names (a number is appended from the 257th on). The words are this project's own.
    Raises `ValueError` for a negative *n*. Source for the shape: moby `pkg/namesgenerator`.
    """
    if n < 0:
        raise ValueError(f"the number of a generated name is {n}, and must not be negative")
    rest, adjective = divmod(n, len(_ADJECTIVES))
    turn, offset = divmod(rest, len(_SURNAMES))
    surname = (adjective + offset) % len(_SURNAMES)
    return f"{_ADJECTIVES[adjective]}_{_SURNAMES[surname]}{turn or ''}"


# --- references -------------------------------------------------------------------------------------------------------
# The grammar of distribution/reference/regexp.go. Go's \w is ASCII, hence re.ASCII; fullmatch stands for its ^ and $.

_COMPONENT: Final = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_LABEL: Final = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_DOMAIN: Final = rf"{_LABEL}(?:\.{_LABEL})*(?::[0-9]+)?"
_TAG: Final = r"[\w][\w.-]{0,127}"
_DIGEST: Final = r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}"
_REFERENCE: Final = re.compile(
    rf"(?:(?P<domain>{_DOMAIN})/)?(?P<path>{_COMPONENT}(?:/{_COMPONENT})*)"
    rf"(?::(?P<tag>{_TAG}))?(?:@(?P<digest>{_DIGEST}))?",
    re.ASCII,
)
_IDENTIFIER: Final = re.compile(r"[0-9a-f]{64}")
_KNOWN_FORM: Final = re.compile(r"[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+")
_DIGEST_LENGTHS: Final = {"sha256": 64, "sha384": 96, "sha512": 128}


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """A normalised image reference: `docker.io` `/` `library/alpine` [`:3.20`] [`@sha256:...`].

    Both a tag and a digest only in what a person typed, never in what an engine stores. The domain is empty for the odd
    name whose first component looks like one but is none (`a__b.c/d`).
    """

    domain: str
    path: str
    tag: str | None = None
    digest: str | None = None

    @property
    def repository(self) -> str:
        """What docker shows as REPOSITORY: `docker.io/` dropped, and `library/` with it."""
        if self.domain != DEFAULT_DOMAIN:
            return self._name
        rest = self.path.removeprefix(_OFFICIAL)
        return self.path if "/" in rest else rest

    @property
    def familiar(self) -> str:
        """The whole reference as docker shows it: `alpine:3.20`. Source: `reference/normalize.go:familiarizeName`."""
        return self.repository + self._suffix

    @property
    def is_digest(self) -> bool:
        """Whether a digest decides: Docker ignores the tag beside one (`reference/store.go:Get`)."""
        return self.digest is not None

    def with_default_tag(self) -> Reference:
        """The same, with the tag `latest` where neither tag nor digest is given."""
        return self if self.tag or self.digest else replace(self, tag=DEFAULT_TAG)

    def stored(self) -> Reference:
        """The form in which an engine stores and finds it: the default tag added; a tag beside a digest dropped."""
        return replace(self, tag=None) if self.digest else self.with_default_tag()

    def __str__(self) -> str:
        return self._name + self._suffix

    @property
    def _name(self) -> str:
        return f"{self.domain}/{self.path}" if self.domain else self.path

    @property
    def _suffix(self) -> str:
        return (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")


def parse_reference(text: str) -> Reference:
    """The reference that *text* names, normalised: `alpine` is `docker.io/library/alpine`. No tag is added.

    Raises `BadReference`. Source: `reference/normalize.go:ParseNormalizedNamed`, `reference.go:Parse`; the texts are
    measured.
    """
    if _IDENTIFIER.fullmatch(text):
        raise BadReference(f"invalid repository name ({text}), cannot specify 64-byte hexadecimal strings")
    domain, rest = _split_domain(text)
    name = rest.partition(":")[0]
    if _lower(name) != name:
        raise BadReference("invalid reference format: repository name must be lowercase")
    match = _REFERENCE.fullmatch(f"{domain}/{rest}")
    if match is None:
        raise BadReference("invalid reference format")
    reference = Reference(match["domain"] or "", match["path"], match["tag"], match["digest"])
    if len(str(replace(reference, tag=None, digest=None))) > NAME_LENGTH_LIMIT:
        raise BadReference(f"repository name must not be more than {NAME_LENGTH_LIMIT} characters")
    if reference.digest is not None:
        problem = _digest_problem(reference.digest)
        if problem is not None:
            raise BadReference(problem)
    return reference


def _split_domain(text: str) -> tuple[str, str]:
    """The domain and the rest. A first component is a domain only if it holds `.` or `:`, or is `localhost`."""
    first, slash, rest = text.partition("/")
    if not slash or not (any(sign in first for sign in ".:") or first == "localhost"):
        first, rest = DEFAULT_DOMAIN, text
    if first == _LEGACY_DOMAIN:
        first = DEFAULT_DOMAIN
    if first == DEFAULT_DOMAIN and "/" not in rest:
        rest = _OFFICIAL + rest
    return first, rest


def _lower(text: str) -> str:
    """Lower case, letter by letter: Go maps each letter to one letter, Python some to two."""
    return "".join(letter.lower()[0] for letter in text)


def _digest_problem(digest: str) -> str | None:
    """What go-digest says of a digest that fits the grammar, or None where it is a real one."""
    algorithm, _, digits = digest.partition(":")
    length = _DIGEST_LENGTHS.get(algorithm)
    if length is None:
        return "unsupported digest algorithm" if _KNOWN_FORM.fullmatch(digest) else "invalid checksum digest format"
    if len(digits) != length:
        return "invalid checksum digest length"
    return None if re.fullmatch(r"[0-9a-f]+", digits) else "invalid checksum digest format"


# --- images -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ResolvedImage:
    """The image that a text means, and the kind of argument that the text was: it decides what `rmi` removes.

    `by` is "id" when the text is a prefix of the image's id, even where it was found as a repository of that name;
    `reference` is the stored reference that was found, and None by id. By a digest without a stored reference is what
    `by_manifest` of `resolve_image` leaves open.
    """

    id: str
    reference: Reference | None
    by: Literal["reference", "digest", "id"]


def resolve_image(
    text: str, references: Mapping[Reference, str], ids: Collection[str], *, by_manifest: bool = False
) -> ResolvedImage:
    """The image that *text* means: a name beats an id prefix; a full id, with or without `sha256:`, is never a name.

    *references* maps stored references (a tag, or a digest without a tag) to image ids; *ids* holds every image's id,
    with or without `sha256:` in front, in the same form in both. With *by_manifest* an id is the digest of a manifest,
    so that a digest beside the repository of the image's one name says its id; of an image with no name, or several,
    it depends on what is asked (docker rmi takes names away, or finds it by any repository), which is left open.
    Raises `BadReference`, and `NotFound` also where a short id fits several images.
    Source: measured; `daemon/images/image.go:GetImage`, `image_delete.go:isImageIDPrefix`; with *by_manifest* measured
    on Docker 28.5.2, `daemon/containerd/image.go:resolveImage, resolveAllReferences`.
    """
    typed = None if is_full_id(text) else parse_reference(text)
    reference = typed.stored() if typed is not None else None
    found = references.get(reference) if reference is not None else None
    digest = reference.digest if reference is not None and by_manifest else None
    if reference is not None and digest is not None and digest in ids:
        known = [name.repository for name, identity in references.items() if identity == digest]
        if known == [reference.repository]:
            return ResolvedImage(digest, None, "id")
        if len(known) != 1:
            return ResolvedImage(digest, None, "digest")
    if reference is None or found is None or found not in ids:
        prefix = text.removeprefix(_ALGORITHM)
        fitting = [identity for identity in ids if identity.removeprefix(_ALGORITHM).startswith(prefix)]
        if len(fitting) != 1:
            wanted = typed.with_default_tag().familiar if typed is not None else _ALGORITHM + prefix
            raise NotFound(f"No such image: {wanted}")
        return ResolvedImage(fitting[0], None, "id")
    digits = found.removeprefix(_ALGORITHM)
    if digits.startswith(text) or (_ALGORITHM + digits).startswith(text):
        return ResolvedImage(found, None, "id")
    return ResolvedImage(found, reference, "digest" if reference.is_digest else "reference")


def is_full_id(text: str) -> bool:
    """Whether *text* is a whole image id, with or without `sha256:`: Docker never reads it as a name."""
    return _IDENTIFIER.fullmatch(text.removeprefix(_ALGORITHM)) is not None
