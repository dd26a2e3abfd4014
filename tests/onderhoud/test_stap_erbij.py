"""Een stap erbij kost een regel in STAPPEN, een hoofdstuk en een recept; verder niets."""

from speel_les import draai, omgeving
from stap_erbij import ERBIJ, maak

# Wat elke stap langsgaat. De rest draait in .ci/run ook met de stappen erbij.
LANGS_ELKE_STAP = (
    'tests/test_stappen.py',
    'tests/onderhoud/test_les.py',
    'tests/onderhoud/test_vertelling.py',
    'tests/onderhoud/test_huis.py',
    'tests/onderhoud/test_hypothesis.py',
)
ALLEEN = ['-k', 'not onwaarheid and not verkeerd and not map_ and not beschadigde']


def test_zonder_recept_vraagt_een_test_erom(tmp_path):
    maak(tmp_path, met_recept=False)
    uit = draai(['pytest', *LANGS_ELKE_STAP[-1:], '-k', 'recept'], tmp_path, omgeving()).stdout
    assert 'Zet een recept in tests/onderhoud/recepten.py voor: ' in uit, uit
    assert ', '.join(titel for titel, _ in ERBIJ) in uit


def test_met_een_regel_een_hoofdstuk_en_een_recept_is_alles_groen(tmp_path):
    maak(tmp_path)
    resultaat = draai(['pytest', *LANGS_ELKE_STAP, *ALLEEN], tmp_path, omgeving())
    assert resultaat.returncode == 0, resultaat.stdout
