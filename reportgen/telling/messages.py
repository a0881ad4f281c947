"""The language of the reader: English source text -> the reader's language, through gettext."""

from __future__ import annotations

import gettext
import locale
import os
import sys
from collections.abc import Iterable
from pathlib import Path

LOCALES = Path(__file__).parent.parent / "locale"
VARIABLES = ("REPORTGEN_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


def language() -> str:
    """Return "zh_CN" or "en": the first of VARIABLES that is set decides, then Windows' display language."""
    for name in VARIABLES:
        if value := os.environ.get(name):
            return "zh_CN" if value.lower().startswith("zh") else "en"
    if sys.platform == "win32":
        import ctypes

        code = locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
        return "zh_CN" if code.startswith("zh") else "en"
    return "en"


_catalogue = gettext.NullTranslations()


def _(text: str) -> str:
    """Return ``text`` in the reader's language."""
    return _catalogue.gettext(text)


def use(name: str) -> None:
    """Speak language ``name`` ("en" or "zh_CN") from now on, and have click speak it too."""
    global _catalogue
    _catalogue = gettext.translation("reportgen", LOCALES, [name], fallback=True)
    gettext.bindtextdomain("reportgen", LOCALES)
    gettext.textdomain("reportgen")
    os.environ["LANGUAGE"] = name  # where gettext, and so click, looks first


use(language())


def listed(words: Iterable[str], most: int, between: str = "、") -> str:
    """Return the first words in a row, with …… where there are more."""
    every = list(words)
    return between.join(every[:most]) + ("……" if len(every) > most else "")


def joined(parts: Iterable[str]) -> str:
    """Return clauses as one sentence, with the semicolon of the reader's language; a question has its own mark."""
    is_chinese = language().startswith("zh")
    text = ("；" if is_chinese else "; ").join(part for part in parts if part)
    return text.replace("？；", "？") if is_chinese else text.replace("?; ", "? ")
