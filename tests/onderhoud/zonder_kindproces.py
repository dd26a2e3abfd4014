"""Speelt een map na, en draait `flask`, in het proces van de test zelf.

Een eigen proces kost vooral het laden van Flask en SQLAlchemy. Hier zijn die er al: dat wint bij
het naspelen 66% (meet.py). Dezelfde code doet het werk; alleen de bewaking en de tijdslimiet
ontbreken: een pad naar de map zelf gaat dus niet naar de kopie. Wat daarover gaat draait met de
echte `pytest`, en de les met de echte `flask`.
"""

import logging.config
import os
import sys
import tempfile
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from controle.kindproces import Rondgang
from controle.naspelen import Fout, Verslag, kopieer, lees_verslag, omgeving
from flask.cli import FlaskGroup, ScriptInfo
from speel_les import PROJECT
from stappen import MODULE, SERVER

# Waar pytest de tests vandaan laadt: een proces van de leerling zoekt daar niet.
VAN_ONS = (PROJECT, PROJECT / 'tests', PROJECT / 'tests' / 'onderhoud')


def speel_hier_na(oefenmap: Path) -> Verslag:
    """Wat het naspelen ziet; de map mag geen module hebben die het proces beëindigt."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as tijdelijk:
        werkmap = Path(tijdelijk).resolve()
        kopie, verslag = werkmap / 'oefenmap', werkmap / 'verslag.jsonl'
        kopieer(oefenmap, kopie)
        rondgang = Rondgang(kopie, verslag)
        with rondgang.verslag, _alsof_het_een_eigen_proces_is(kopie):
            rondgang.speel()
        # Een open verbinding houdt op Windows de kopie vast.
        for engine in rondgang.engines:
            engine.dispose()
        return lees_verslag(verslag, Fout('module', 'onbekend', 'Het verslag is niet af.'))


def flask_hier(map_: Path, delen: list[str], invoer: str = '') -> tuple[int, str]:
    """Draait `flask ...` in een map, met FLASK_APP gezet: de exit status, en wat er komt."""
    uitvoer, info = StringIO(), ScriptInfo(app_import_path=MODULE)
    # Wat in het terminalvenster staat, geldt voor `flask`, en niet voor de controle.
    venster = {SERVER: os.environ[SERVER]} if SERVER in os.environ else {}
    with _alsof_het_een_eigen_proces_is(map_, **venster):
        sys.path.insert(0, str(map_))
        with (
            redirect_stdout(uitvoer),
            redirect_stderr(uitvoer),
            patch('sys.stdin', StringIO(invoer)),
            # Een vertaling van een bestand dat in dezelfde seconde verandert, is te oud.
            patch('sys.dont_write_bytecode', True),
        ):
            try:
                FlaskGroup().main(delen, 'flask', obj=info)
            except SystemExit as klaar:
                status = klaar.code or 0
            except BaseException:
                traceback.print_exc()
                status = 1
            _sluit(info)
    return status, uitvoer.getvalue()


def _sluit(info: ScriptInfo) -> None:
    """Sluit de verbindingen: een open database kan Windows niet verplaatsen."""
    app = info._loaded_app
    if app and 'sqlalchemy' in app.extensions:
        with app.app_context():
            for engine in app.extensions['sqlalchemy'].engines.values():
                engine.dispose()


@contextmanager
def _alsof_het_een_eigen_proces_is(kopie: Path, **venster: str) -> Iterator[None]:
    """Een vers proces kent de modules van de leerling en die van de controle nog niet."""
    vooraf, pad, map_ = dict(os.environ), sys.path[:], Path.cwd()
    van_ons = _modules_uit(PROJECT / 'tests')
    for naam in van_ons:
        del sys.modules[naam]
    _zet_omgeving(omgeving() | venster)
    # Het naspelen zet de map van de leerling op de eerste plaats.
    sys.path[:] = ['', *(plek for plek in pad if Path(plek).absolute() not in VAN_ONS)]
    os.chdir(kopie)
    try:
        # Wat een eigen proces zegt of waarschuwt ziet ook niemand.
        with (
            redirect_stdout(StringIO()),
            redirect_stderr(StringIO()),
            warnings.catch_warnings(),
            # Dit verandert het naspelen, voor de rest van zijn proces.
            patch('logging.config.fileConfig', logging.config.fileConfig),
        ):
            warnings.simplefilter('ignore')
            yield
    finally:
        os.chdir(map_)
        sys.path[:] = pad
        _zet_omgeving(vooraf)
        for naam in _modules_uit(kopie):
            del sys.modules[naam]
        sys.modules.update(van_ons)


def _zet_omgeving(waarden: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(waarden)


def _modules_uit(map_: Path) -> dict[str, object]:
    begin = f'{map_}{os.sep}'
    return {
        naam: module
        for naam, module in sys.modules.items()
        if (getattr(module, '__file__', None) or '').startswith(begin)
    }
