"""dockspec.names: names, ids and references, resolved in Docker's order of precedence."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockspec.names import (
    Ambiguous,
    BadName,
    BadReference,
    NotFound,
    Reference,
    ResolvedImage,
    check_name,
    generated_name,
    is_full_id,
    parse_reference,
    resolve_container,
    resolve_image,
    short_id,
)

HEX = st.text("0123456789abcdef", min_size=64, max_size=64)
A = "a" * 63 + "1"
B = "ab" + "b" * 62
IMAGE_A, IMAGE_B = f"sha256:{A}", f"sha256:{B}"
DIGEST = f"sha256:{'d' * 64}"

COMPONENT = st.from_regex(r"[a-z0-9]+([._-][a-z0-9]+)?", fullmatch=True)
DOMAINS = st.sampled_from(["docker.io", "localhost", "quay.io", "127.0.0.1:5000", "Registry.Example.com"])
TAGS = st.none() | st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}", fullmatch=True)
DIGESTS = st.none() | HEX.map(lambda digits: f"sha256:{digits}")
# a first component with a dot reads back as a domain, in Docker too
REFERENCES = st.builds(
    Reference,
    DOMAINS,
    st.tuples(st.just("team"), st.lists(COMPONENT, min_size=1, max_size=2).map("/".join)).map("/".join),
    TAGS,
    DIGESTS,
)


# --- container names --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["web", "a1", "0a", "A.b_c-d", "/slash"])
def test_a_name_has_two_characters_or_more(name: str) -> None:
    """A name is accepted, and loses its leading slash."""
    assert check_name(name) == name.removeprefix("/")


@pytest.mark.parametrize("name", ["", "a", "-x", "a b", "ab/c", ".dot", "_us", "//ab", "web\n", "naïve", "–rm"])
def test_a_bad_name_is_refused_with_dockers_words(name: str) -> None:
    """Docker 20.10.24 says which characters are allowed, and repeats the name as typed."""
    with pytest.raises(BadName) as refusal:
        check_name(name)
    assert refusal.value.text == f"Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_generated_names_are_names_and_differ(one: int, other: int) -> None:
    """Each number gives a name that Docker would accept, and two numbers never the same one."""
    assert check_name(generated_name(one)) == generated_name(one)
    assert (generated_name(one) == generated_name(other)) == (one == other)


def test_a_negative_number_has_no_name() -> None:
    """generated_name says what is wrong with the number."""
    with pytest.raises(ValueError, match="-1"):
        generated_name(-1)


# --- containers -------------------------------------------------------------------------------------------------------


def test_a_full_id_beats_a_name() -> None:
    """A container whose name is the id of another one is not found by it."""
    assert resolve_container(A, {A: B}, {A, B}) == A


def test_a_name_beats_the_prefix_of_an_id() -> None:
    """Measured: a name that equals another container's id prefix wins."""
    assert resolve_container("ab", {"ab": A}, {A, B}) == A


@pytest.mark.parametrize("text", ["web", "/web"])
def test_a_leading_slash_is_allowed(text: str) -> None:
    """The engine keeps names with a slash; both spellings find the container."""
    assert resolve_container(text, {"web": A}, {A}) == A


@given(HEX, st.integers(1, 64))
def test_every_prefix_of_the_only_id_finds_it(identity: str, length: int) -> None:
    """A unique prefix, of whatever length, is enough."""
    assert resolve_container(identity[:length], {}, {identity}) == identity


def test_an_ambiguous_prefix_is_told_apart_from_an_absent_one() -> None:
    """Two ids with the prefix: ambiguous; none: not found; an empty text: neither."""
    with pytest.raises(Ambiguous, match="Multiple IDs found with provided prefix: a"):
        resolve_container("a", {}, {A, B})
    with pytest.raises(NotFound, match="No such container: nope"):
        resolve_container("nope", {}, {A, B})
    with pytest.raises(BadName, match="invalid name or ID supplied"):
        resolve_container("", {"": A}, {A})


# --- references -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "full", "familiar", "repository"),
    [
        ("alpine", "docker.io/library/alpine", "alpine", "alpine"),
        ("alpine:3.20", "docker.io/library/alpine:3.20", "alpine:3.20", "alpine"),
        ("docker.io/alpine", "docker.io/library/alpine", "alpine", "alpine"),
        ("index.docker.io/library/alpine", "docker.io/library/alpine", "alpine", "alpine"),
        ("me/app", "docker.io/me/app", "me/app", "me/app"),
        ("library/a/b", "docker.io/library/a/b", "library/a/b", "library/a/b"),
        ("localhost/app:1", "localhost/app:1", "localhost/app:1", "localhost/app"),
        ("127.0.0.1:5000/app", "127.0.0.1:5000/app", "127.0.0.1:5000/app", "127.0.0.1:5000/app"),
        ("quay.io/library/app", "quay.io/library/app", "quay.io/library/app", "quay.io/library/app"),
        (f"app:1@{DIGEST}", f"docker.io/library/app:1@{DIGEST}", f"app:1@{DIGEST}", "app"),
        ("a__b.c/d", "a__b.c/d", "a__b.c/d", "a__b.c/d"),
    ],
)
def test_a_reference_is_normalised(text: str, full: str, familiar: str, repository: str) -> None:
    """docker.io and library/ are added, and dropped again where docker shows the reference."""
    reference = parse_reference(text)
    assert (str(reference), reference.familiar, reference.repository) == (full, familiar, repository)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "invalid reference format"),
        ("a b", "invalid reference format"),
        ("a:", "invalid reference format"),
        ("alpine\n", "invalid reference format"),
        ("–rm", "invalid reference format"),
        ("a:" + "t" * 129, "invalid reference format"),
        ("a@sha256:abc", "invalid reference format"),
        ("Alpine", "invalid reference format: repository name must be lowercase"),
        ("\u0130", "invalid reference format: repository name must be lowercase"),
        ("a" * 240, "repository name must not be more than 255 characters"),
        ("f" * 64, f"invalid repository name ({'f' * 64}), cannot specify 64-byte hexadecimal strings"),
        (f"a@sha512:{'a' * 64}", "invalid checksum digest length"),
        (f"a@md5:{'a' * 32}", "unsupported digest algorithm"),
        (f"a@sha256:{'A' * 64}", "invalid checksum digest format"),
        (f"a@SHA256:{'a' * 64}", "invalid reference format: repository name must be lowercase"),
        (f"a:1@SHA256:{'a' * 64}", "invalid checksum digest format"),
    ],
)
def test_a_bad_reference_is_refused_with_dockers_words(text: str, said: str) -> None:
    """The texts of docker 20.10.24."""
    with pytest.raises(BadReference) as refusal:
        parse_reference(text)
    assert refusal.value.text == said


def test_the_limits_themselves_are_allowed() -> None:
    """A tag of 128 characters, and a name of 255 with its domain, are the longest."""
    assert parse_reference("a:" + "t" * 128).tag == "t" * 128
    assert len(str(parse_reference("a" * (255 - len("docker.io/library/"))))) == 255


@given(REFERENCES)
def test_familiar_and_full_form_mean_the_same(reference: Reference) -> None:
    """What docker shows, and the full form, read back to the same reference."""
    assert parse_reference(str(reference)) == reference
    assert parse_reference(reference.familiar) == reference


@given(REFERENCES)
def test_the_stored_form_has_a_tag_or_a_digest(reference: Reference) -> None:
    """Never both, never neither; and a digest is never given a default tag."""
    stored = reference.stored()
    assert (stored.tag is None) == stored.is_digest == reference.is_digest
    assert stored.stored() == stored
    assert reference.with_default_tag().tag == (reference.tag or (None if reference.is_digest else "latest"))


@given(st.text(max_size=80) | st.text("aA0:/@._-sha256 \n", max_size=80))
def test_any_text_is_a_reference_or_is_refused(text: str) -> None:
    """No other exception comes out, and a reference that is read prints a form that reads back to it."""
    try:
        reference = parse_reference(text)
    except BadReference:
        return
    assert parse_reference(str(reference)) == reference


# --- images -----------------------------------------------------------------------------------------------------------


def test_a_name_beats_the_prefix_of_another_image() -> None:
    """A repository called like the beginning of another image's id is found first."""
    references = {parse_reference("ab:latest"): IMAGE_A}
    assert resolve_image("ab", references, {IMAGE_A, IMAGE_B}) == ResolvedImage(
        IMAGE_A,
        parse_reference("ab:latest"),
        "reference",
    )


@pytest.mark.parametrize("name", ["a", "aaaa", "sha256", "sha"])
def test_a_repository_named_like_its_own_image_counts_as_an_id(name: str) -> None:
    """Measured: so `rmi` may answer with the conflict of an id."""
    assert resolve_image(name, {parse_reference(name).stored(): IMAGE_A}, {IMAGE_A, IMAGE_B}) == ResolvedImage(
        IMAGE_A,
        None,
        "id",
    )


@pytest.mark.parametrize("text", [A, IMAGE_A, A[:12], "sha256:" + A[:12], "aa"])
def test_an_id_is_found_whole_or_by_a_unique_prefix(text: str) -> None:
    """With or without sha256:, and ids may be given in either form."""
    assert resolve_image(text, {}, {IMAGE_A, IMAGE_B}) == ResolvedImage(IMAGE_A, None, "id")
    assert resolve_image(text, {}, {A, B}) == ResolvedImage(A, None, "id")


def test_a_full_id_is_never_a_name() -> None:
    """Even where a reference maps from a repository `sha256` with a tag of 64 digits."""
    assert is_full_id(IMAGE_A)
    with pytest.raises(NotFound, match=f"No such image: {IMAGE_A}"):
        resolve_image(IMAGE_A, {Reference("docker.io", "library/sha256", A): IMAGE_B}, {IMAGE_B})


def test_a_digest_decides_and_the_tag_beside_it_is_ignored() -> None:
    """`repo:tag@digest` finds the digest reference, whatever the tag says."""
    stored = parse_reference(f"app@{DIGEST}")
    assert resolve_image(f"app:nope@{DIGEST}", {stored: IMAGE_A}, {IMAGE_A}) == ResolvedImage(IMAGE_A, stored, "digest")


def test_a_digest_says_the_id_where_ids_are_digests_of_manifests() -> None:
    """Of an image with one name, beside its repository; of one with none or several it depends on what is asked."""
    one, other = parse_reference("app:1"), parse_reference("web:1")

    def found(names: Mapping[Reference, str], *, by_manifest: bool = True) -> ResolvedImage:
        return resolve_image(f"app@{IMAGE_A}", names, {IMAGE_A, IMAGE_B}, by_manifest=by_manifest)

    assert found({one: IMAGE_A, other: IMAGE_B}) == ResolvedImage(IMAGE_A, None, "id")
    assert found({}) == found({one: IMAGE_A, other: IMAGE_A}) == ResolvedImage(IMAGE_A, None, "digest")
    for names, by_manifest in (({other: IMAGE_A}, True), ({one: IMAGE_A}, False)):
        with pytest.raises(NotFound, match=f"No such image: app@{IMAGE_A}"):
            found(names, by_manifest=by_manifest)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("nope", "nope:latest"), ("nope:1", "nope:1"), ("deadbeef", "deadbeef:latest"), ("a", "a:latest")],
)
def test_an_absent_or_ambiguous_image_is_not_found(text: str, shown: str) -> None:
    """The engine names the reference with its default tag, also where a short id fits two images."""
    with pytest.raises(NotFound) as refusal:
        resolve_image(text, {}, {IMAGE_A, IMAGE_B})
    assert refusal.value.text == f"No such image: {shown}"


@given(HEX, HEX, st.text("ab/:@.sh256", max_size=20))
def test_resolving_any_text_ends_as_documented(one: str, other: str, text: str) -> None:
    """An image of the given ones, or one of the documented refusals."""
    ids = {f"sha256:{one}", f"sha256:{other}"}
    with suppress(BadReference, NotFound):
        assert resolve_image(text, {parse_reference("a"): min(ids)}, ids).id in ids
    with suppress(BadName, NotFound, Ambiguous):
        assert resolve_container(text, {"ab": one}, {one, other}) in {one, other}


def test_a_short_id_has_twelve_digits() -> None:
    """Of containers and of images alike."""
    assert short_id(A) == short_id(IMAGE_A) == "a" * 12
