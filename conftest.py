"""Maakt `pytest` in elke map van de oefening de controle, en zegt wat er aan tests/ ontbreekt."""

import os
import sys
from contextlib import suppress
from pathlib import Path

import pytest

OEFENMAP = Path(__file__).resolve().parent
CONTROLE = OEFENMAP / 'tests' / 'test_stappen.py'

# Zonder deze bestanden in tests/ werkt de controle niet.
NODIG = """
conftest.py  stappen.py  test_stappen.py  spelen/__init__.py  spelen/pakketten.py  spelen/terug.py
controle/__init__.py  controle/beoordeling.py  controle/bestanden.py  controle/kindproces.py
controle/naspelen.py  controle/oefenmap.py  controle/onderweg.py  controle/onzichtbaar.py
controle/afwijking.py  controle/oordeel.py  controle/proberen.py  controle/tabellen.py
controle/vergelijken.py  controle/vertelling.py  controle/vullen.py  controle/hints/__init__.py
controle/hints/aanroepen.py  controle/hints/daden.py  controle/hints/database.py
controle/hints/doen.py  controle/hints/hint.py  controle/hints/laden.py  controle/hints/les.py
controle/hints/migraties.py  controle/hints/model.py  controle/hints/module.py
controle/hints/opmerkingen.py  controle/hints/upgrade.py  controle/hints/waarden.py
"""

# Een controle laat niets achter in deze map, ook niet hoe Python dit bestand heeft vertaald.
with suppress(OSError):
    for vertaling in OEFENMAP.glob('__pycache__/conftest.*.pyc'):
        vertaling.unlink()
    Path(OEFENMAP, '__pycache__').rmdir()


def pytest_addoption(pluginmanager):
    # Hier, want een oude Python begrijpt niet elk bestand in tests/.
    if sys.version_info < (3, 11):  # noqa: UP036
        raise pytest.UsageError(
            f'Dit is Python {sys.version_info[0]}.{sys.version_info[1]}: maak je .venv opnieuw met '
            'Python 3.11 of nieuwer.'
        )
    # Met een eigen pytest.ini geldt pyproject.toml niet, en ook dan hoort .pytest_cache er niet.
    for plugin in ('cacheprovider', 'stepwise'):
        pluginmanager.set_blocked(plugin)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    for naam in NODIG.split():
        if not (OEFENMAP / 'tests' / naam).is_file():
            raise pytest.UsageError(
                f'In de map `tests` ontbreekt `{naam}`. Haal de map `tests` opnieuw uit de ZIP.'
            )
    hier = config.invocation_params.dir
    if not any(_heeft_tests((hier / arg.partition('::')[0]).resolve()) for arg in config.args):
        # In een map zonder tests, zoals migrations/, vindt pytest zelf niets.
        config.args = [str(CONTROLE)]


def _heeft_tests(pad):
    return pad.is_file() or CONTROLE.is_relative_to(pad) or any(pad.rglob('test_*.py'))


def pytest_ignore_collect(collection_path):
    """Slaat een oefenmap in deze map over, met haar eigen controle, en wat niet te lezen is."""
    if not os.access(collection_path, os.R_OK):
        return True
    if collection_path != OEFENMAP and (collection_path / 'tests' / CONTROLE.name).is_file():
        return True
    return None
