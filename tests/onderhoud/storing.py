"""Speelt de les in dit proces, en laat daarbij iets misgaan."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from io import BytesIO, TextIOWrapper
from pathlib import Path
from unittest.mock import patch

import speel_les

VERANDERT = ('os.mkdir', 'os.rename', 'os.rmdir', 'os.remove')

BEZIG = []


class Dood(BaseException):
    """Niemand vangt dit op: zo houdt de code ergens op, als bij een stroomstoring."""


@contextmanager
def storing(doe: Callable, keer: int, bij: tuple = VERANDERT, verder: bool = False) -> Iterator:
    """Doet iets als de code voor de zoveelste keer een bestand of map gaat veranderen.

    Met `verder` ook bij elke verandering daarna. Geeft een functie die zegt of het er al was.
    """
    gezien = []

    def hoor(gebeurtenis: str, waarden: tuple) -> None:
        lezen = gebeurtenis == 'open' and waarden[1] in (None, 'r', 'rb')
        if gebeurtenis in bij and not lezen:
            gezien.append(gebeurtenis)
            if len(gezien) == keer or (verder and len(gezien) > keer):
                doe(str(waarden[0]))

    _luister()
    BEZIG.append(hoor)
    try:
        yield lambda: len(gezien) >= keer
    finally:
        BEZIG.remove(hoor)


@cache
def _luister() -> None:
    # Python kan een haak niet weghalen: die doet niets zolang er geen storing is.
    sys.addaudithook(lambda *wat: [hoor(*wat) for hoor in BEZIG])


def sterf(_: str) -> None:
    raise Dood


def ctrl_c(_: str) -> None:
    signal.raise_signal(signal.SIGINT)


def fout(nummer: int, naam: str) -> None:
    """Een fout van het besturingssysteem."""
    raise OSError(nummer, os.strerror(nummer), naam)


def speel(oefenmap: Path, *argumenten: str) -> tuple[int, str, str]:
    """Wat `python tests/speel_les.py` in een oefenmap doet: de exit status, stdout en stderr."""
    uit, mis = (TextIOWrapper(BytesIO(), 'utf-8', newline='\n', write_through=True) for _ in '12')
    with patch('speel_les.PROJECT', oefenmap), redirect_stdout(uit), redirect_stderr(mis):
        status = speel_les.main(list(argumenten))
    # Aan het eind zet hij Ctrl-C uit: dan is zijn eigen proces klaar.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return status, *(stroom.buffer.getvalue().decode() for stroom in (uit, mis))
