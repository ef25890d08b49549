"""The command line: one contract for every command, and nothing heavy imported before it is needed."""

from __future__ import annotations

import importlib
import os
import sys
from difflib import get_close_matches
from typing import Any

import click

from hullcheck.errors import INCOMPLETE, WRONG_INPUT, HullcheckError

_COMMANDS = {
    "check": ("hullcheck.check.command:check", "Check every property of the specification: sample and explore."),
    "run": ("hullcheck.run.command:run", "Run docker command lines on the specification."),
    "prove": ("hullcheck.prove.command:prove", "Prove the properties for any number of containers and images."),
    "conform": (
        "hullcheck.conform.command:conform",
        "Run the specification beside a real engine, and compare.",
    ),
    "watch": ("hullcheck.watch.command:watch", "Hold a stream of docker events against the specification."),
    "draw": ("hullcheck.draw.command:draw", "Draw the specification."),
    "describe": ("hullcheck.describe.command:describe", "Print the reference, in English or in Chinese."),
    "export": ("hullcheck.export.command:export", "Write the specification for SPIN, for TLC, or as JSON."),
    "mutate": ("hullcheck.mutate.command:mutate", "Break the specification on purpose; something must notice."),
    "benchmark": ("hullcheck.benchmark.command:benchmark", "Measure the explorer beside SPIN."),
}


class _LazyGroup(click.Group):
    """Commands by name; a command's module is imported when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # the same
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            near = get_close_matches(args[0], _COMMANDS, 1, 0.5)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(_COMMANDS)}"
            raise click.UsageError(f"there is no command {args[0]!r}; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # the same
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in _COMMANDS.items()])


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="hullcheck", message="hullcheck %(version)s")
def hullcheck() -> None:
    """An executable, machine-checked specification of the Docker container and image lifecycle.

    Exit status: 0 all holds; 1 a property is violated; 2 the call or the input is wrong; 3 the environment lacks
    something; 4 incomplete, and nothing found so far.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and end the process with the documented exit status."""
    sys.exit(call(arguments))


def call(arguments: list[str] | None = None) -> int:  # noqa: PLR0911  # one return a way to end
    """Run the command line; the exit status. What is wrong is told in one line on standard error."""
    try:
        result: Any = hullcheck.main(arguments, prog_name="hullcheck", standalone_mode=False)
    except HullcheckError as error:
        return _complain(str(error), error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return WRONG_INPUT
    except click.UsageError as error:
        where = f" (see {error.ctx.command_path} --help)" if error.ctx else ""
        return _complain(f"{error.format_message().rstrip('.')}{where}", WRONG_INPUT)
    except click.ClickException as error:
        return _complain(error.format_message(), WRONG_INPUT)
    except (click.Abort, KeyboardInterrupt):
        return _complain("interrupted", INCOMPLETE)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return result if isinstance(result, int) else 0


def _complain(text: str, exit_code: int) -> int:
    click.echo(f"hullcheck: {' '.join(text.split())}", err=True)
    return exit_code
