"""reportgen.yaml at the top of a project -> its settings: how files are named, which fonts print, what is bound."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reportgen.reading.project import MAX_BYTES, SETTINGS, Project
from reportgen.telling.findings import Finding, ReportError, Subject, has_errors
from reportgen.telling.messages import _

NAMING, FONTS, BINDING = "文件名", "字体", "全文"
PATTERN = "{单位}{年度}年度{文书}"
PLACES = ("单位", "年度", "文书")
FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]')  # in a name on Windows
CHOICES = {FONTS: {"随程序": True, "本机": False}, BINDING: {"是": True, "否": False}}
PLAIN = re.compile(rf'({NAMING}|{FONTS}|{BINDING}): (?:"([^"\\]+)"|(\w+))[ \t]*')  # 字体: 随程序


@dataclass(frozen=True)
class Settings:
    """What holds for all of a project; as here where nothing is set."""

    file_name: str = PATTERN
    own_fonts: bool = False  # the open fonts that come with the program alone, so that all machines make the same bytes
    bound: bool = True  # whether a report with annexes is bound besides


def read_settings(project: Project) -> Settings:
    """Return the settings of a project. Raises ReportError."""
    path = project.root / SETTINGS
    if not path.exists():
        return Settings()
    typed = _plain(path)
    if typed is None or any(_odd(typed)):
        typed = _checked(path)
    fonts, bound = (CHOICES[key].get(typed.get(key, "")) for key in (FONTS, BINDING))
    return Settings(typed.get(NAMING) or PATTERN, bool(fonts), bound is not False)


def _plain(path: Path) -> dict[str, str] | None:
    """Return what a file of plain lines says, without what is slow to load; None for any other file."""
    found: dict[str, str] = {}
    try:
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            return None
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return None
    for line in lines:
        if match := PLAIN.fullmatch(line):
            if match[1] in found:
                return None
            found[match[1]] = match[2] or match[3]
        elif line.strip() and not line.startswith("#"):
            return None
    return found


def _checked(path: Path) -> dict[str, str]:
    """Return what the file says. Raises ReportError."""
    from reportgen.reading.frames import SettingsFile, read_frame  # slow to load
    from reportgen.reading.source import read_source

    source = read_source(path, SETTINGS)
    frame, findings = read_frame(source, SettingsFile)
    typed = frame.model_dump(by_alias=True)
    for key, message, hint in _odd(typed):
        findings.append(Finding("bad-value", source.span((key,)), message, hint, Subject.key(key)))
    if has_errors(findings := [*source.findings, *findings]):
        raise ReportError(findings)
    return typed


def _odd(typed: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield the keys whose values cannot be, each with a message and a hint."""
    pattern = typed.get(NAMING, "")
    unknown = [name for name in re.findall(r"\{([^{}]*)\}", pattern) if name not in PLACES]
    if pattern and (unknown or "{文书}" not in pattern or FORBIDDEN.search(pattern)):
        hint = _("type one such as {pattern}; it needs {{文书}}, and no other braces than {names}")
        hint = hint.format(pattern=PATTERN, names="、".join(f"{{{name}}}" for name in PLACES))
        yield NAMING, _("“{text}” cannot name the files").format(text=pattern), hint
    for key, known in CHOICES.items():
        if (text := typed.get(key, "")) and text not in known:
            message = _("“{text}” is nothing that {key} can be").format(text=text, key=key)
            yield key, message, _("type {usual}").format(usual=_(" or ").join(f"{key}: {each}" for each in known))
