"""Draait `flask` in dit proces, alsof het een vers proces in een andere map is.

Een eigen proces kost vooral het laden van Flask en SQLAlchemy; hier zijn die er al.
"""

import importlib
import logging.config
import os
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from unittest.mock import patch

OEFENMAP = Path(__file__).resolve().parents[2]
# Waar dit programma zijn eigen modules vandaan haalt: een vers proces zoekt daar niet.
VAN_ONS = (OEFENMAP, OEFENMAP / 'tests', OEFENMAP / 'tests' / 'onderhoud')


def draai_flask(
    map_: Path, delen: list[str], omgeving: dict[str, str], invoer: str = ''
) -> tuple[int, str]:
    """Draait `flask ...` in een map: de exit status, en wat er komt; Ctrl-C gaat door."""
    uitvoer, info = StringIO(), None
    with _ctrl_c(), vers_proces(map_, omgeving):
        sys.path.insert(0, str(map_))
        with (
            redirect_stdout(uitvoer),
            redirect_stderr(uitvoer),
            patch('sys.stdin', StringIO(invoer)),
            # Een vertaling van een bestand dat in dezelfde seconde verandert, is te oud.
            patch('sys.dont_write_bytecode', True),
            # Wat hier getypt wordt, hoort niet in ~/.python_history.
            patch('sys.__interactivehook__', None, create=True),
        ):
            try:
                # Pas hier: wie de pakketten niet heeft, hoort dat in een zin.
                from flask.cli import FlaskGroup, ScriptInfo

                info = ScriptInfo()
                FlaskGroup().main(delen, 'flask', obj=info)
            except SystemExit as klaar:
                status = klaar.code or 0
            except BaseException:
                traceback.print_exc()
                status = 1
            _sluit(info)
    return status, uitvoer.getvalue()


@contextmanager
def _ctrl_c() -> Iterator[None]:
    """Wie op Ctrl-C drukt, stopt ook dit programma: `flask` zelf vangt die toets op."""
    gedrukt = []

    def onthoud(nummer: int, plek: object) -> None:
        gedrukt.append(nummer)
        raise KeyboardInterrupt

    vorige = signal.getsignal(signal.SIGINT)
    # Wie op de achtergrond draait, luistert er niet naar.
    luistert = vorige is signal.default_int_handler
    if not luistert or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, onthoud)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, vorige)
    if gedrukt:
        raise KeyboardInterrupt


def _sluit(info: object | None) -> None:
    """Sluit de verbindingen: een open database kan Windows niet verplaatsen."""
    app = info and info._loaded_app
    if app and 'sqlalchemy' in app.extensions:
        with app.app_context():
            for engine in app.extensions['sqlalchemy'].engines.values():
                engine.dispose()


@contextmanager
def vers_proces(map_: Path, omgeving: dict[str, str]) -> Iterator[None]:
    """Een vers proces kent de modules uit `map_` en die van dit programma nog niet."""
    vooraf, pad, hier = dict(os.environ), sys.path[:], Path.cwd()
    van_ons = _modules_uit(OEFENMAP / 'tests')
    for naam in van_ons:
        del sys.modules[naam]
    # Een bestand kan er sinds het vorige proces bij gekomen zijn.
    importlib.invalidate_caches()
    try:
        _zet_omgeving(omgeving)
        sys.path[:] = ['', *(plek for plek in pad if Path(plek).absolute() not in VAN_ONS)]
        os.chdir(map_)
        # Wat een eigen proces zegt of waarschuwt ziet ook niemand.
        with (
            redirect_stdout(StringIO()),
            redirect_stderr(StringIO()),
            warnings.catch_warnings(),
            # Het naspelen verandert dit, voor de rest van zijn proces.
            patch('logging.config.fileConfig', logging.config.fileConfig),
            _zonder_luisteraars(),
        ):
            warnings.simplefilter('ignore')
            yield
    finally:
        os.chdir(hier)
        sys.path[:] = pad
        _zet_omgeving(vooraf)
        for naam in _modules_uit(map_):
            del sys.modules[naam]
        sys.modules.update(van_ons)


@contextmanager
def _zonder_luisteraars() -> Iterator[None]:
    """Wat een module op een klasse van SQLAlchemy zet, kent een vers proces niet."""
    try:
        from sqlalchemy import event, exc
    except ImportError:
        yield
        return
    erbij, luister = [], event.listen

    def onthoud(doel: object, *wat: object, **opties: object) -> None:
        luister(doel, *wat, **opties)
        if isinstance(doel, type):
            erbij.append((doel, *wat))

    try:
        with patch.object(event, 'listen', onthoud), patch('sqlalchemy.event.api.listen', onthoud):
            yield
    finally:
        for luisteraar in erbij:
            with suppress(exc.InvalidRequestError):
                event.remove(*luisteraar)


def _zet_omgeving(waarden: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(waarden)


def _modules_uit(map_: Path) -> dict[str, object]:
    begin = f'{map_}{os.sep}'
    return {
        naam: module
        for naam, module in sys.modules.items()
        # Wie aan het draaien is, blijft: Python zelf zoekt hem soms op.
        if naam != '__main__' and (getattr(module, '__file__', None) or '').startswith(begin)
    }
