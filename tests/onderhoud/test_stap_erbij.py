"""Wie bij een nieuwe stap iets vergeet, hoort wat; dat dit alles is, doet .ci/run voor."""

from processen import draai
from speel_les import PROJECT
from spelen.lestekst import EIGEN
from stap_erbij import AL_IN_DE_LES, KOLOM, TITEL, maak
from stappen import LAATSTE


def test_zonder_hoofdstuk_vraagt_een_test_erom(tmp_path):
    maak(tmp_path, met_hoofdstuk=False)
    keus = f'gebeurt_ook[{LAATSTE + 1}] or heten_zoals'
    uit = draai('pytest', 'tests/onderhoud/test_les.py', '-k', keus, waar=tmp_path).stdout
    kop = f'## Stap {LAATSTE + 1}. {TITEL}'
    assert f'LEERLING.md heeft geen hoofdstuk `{kop}`. Zet het voor `## {EIGEN}`.' in uit, uit
    # Het ontbreken komt een keer uit, en dat de titels niet gelijk zijn.
    assert ' 2 failed' in uit and 'IndexError' not in uit, uit


def test_de_stap_erbij_is_het_voorbeeld_van_readme():
    readme = ' '.join((PROJECT / 'README.md').read_text(encoding='utf-8').split())
    assert AL_IN_DE_LES or f'Voor `{KOLOM.naam}`, `{KOLOM.model_type}`,' in readme
