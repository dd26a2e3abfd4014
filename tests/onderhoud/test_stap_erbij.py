"""Wie bij een nieuwe stap iets vergeet, hoort wat; dat dit alles is, doet .ci/run voor."""

import pytest
import speel_les
from speel_les import draai, omgeving
from stap_erbij import ERBIJ, maak
from stappen import LAATSTE


@pytest.fixture(autouse=True)
def genoeg_tijd(monkeypatch):
    """Al deze tests duren op een trage computer langer dan een opdracht uit de les mag."""
    monkeypatch.setattr(speel_les, 'TIJDSLIMIET', 900)


def test_zonder_recept_vraagt_een_test_erom(tmp_path):
    maak(tmp_path, met_recept=False)
    uit = draai(
        ['pytest', 'tests/onderhoud/test_hypothesis.py', '-k', 'recept'], tmp_path, omgeving()
    ).stdout
    assert 'Zet in tests/onderhoud/recepten.py, in RECEPTEN, een recept als:' in uit, uit
    assert all(f"'{titel}': [kolom_erbij('...')]," in uit for titel, _ in ERBIJ), uit
    assert ' 1 failed, ' in uit, uit


def test_zonder_hoofdstuk_vraagt_een_test_erom(tmp_path):
    maak(tmp_path)
    les = tmp_path / 'LEERLING.md'
    tekst = les.read_text(encoding='utf-8')
    kop = f'## Stap {LAATSTE + 1}. {ERBIJ[0][0]}'
    begin, eind = tekst.index(kop), tekst.index('## Tot slot')
    les.write_text(tekst[:begin] + tekst[eind:], encoding='utf-8')
    alleen = ['-k', f'gebeurt_ook[{LAATSTE + 1}] or gebeurt_ook[{LAATSTE + 2}] or heten_zoals']
    uit = draai(['pytest', 'tests/onderhoud/test_les.py', *alleen], tmp_path, omgeving()).stdout
    assert f'LEERLING.md heeft geen hoofdstuk `{kop}`. Zet het voor `## Tot slot`.' in uit, uit
    assert 'IndexError' not in uit
