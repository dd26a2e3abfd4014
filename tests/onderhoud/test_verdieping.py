"""VERDIEPING.md wordt gespeeld, net als de les: elk deel begint in de map na stap 10."""

import re

import pytest
from lesboek import vertel
from speel_les import PROJECT, lees
from spelen.lestekst import VERDIEPING, LesFout
from standen import stand
from stappen import DELEN, DELEN_NA
from tekstfouten import (
    Streng,
    aankondigingsfouten,
    meld,
    onderdeelfout,
    tabelfout,
    verander,
    zinlengtes,
)
from vergelijker import Vergelijker, schema

HOOFDSTUKKEN = {hoofdstuk.nummer: hoofdstuk for hoofdstuk in lees(VERDIEPING)}


def test_elk_deel_staat_erin():
    assert tuple(HOOFDSTUKKEN) == DELEN


@pytest.mark.parametrize('nummer', HOOFDSTUKKEN)
def test_wat_de_les_toont_gebeurt_ook(lesboek, nummer):
    meld(lesboek.gespeeld(nummer).fouten)


@pytest.mark.parametrize('nummer', HOOFDSTUKKEN)
def test_na_een_deel_keurt_de_controle_elke_stap_goed(nummer):
    speler = Vergelijker(stand(nummer))
    uitvoer = speler.controleer(HOOFDSTUKKEN[nummer])
    meld([vertel(fout) for fout in speler.afwijkingen])
    assert re.findall(r'(?m)^✓ stap (\d+) ', uitvoer) == [str(n + 1) for n in range(DELEN_NA)]
    assert '✗' not in uitvoer


@pytest.mark.parametrize('nummer', HOOFDSTUKKEN)
def test_de_kolommentabellen_zijn_die_van_de_database(nummer):
    fout = tabelfout(HOOFDSTUKKEN[nummer], schema(stand(nummer)))
    meld([str(fout)] if fout else [])


@pytest.mark.parametrize('nummer', HOOFDSTUKKEN)
def test_elk_deel_heeft_de_vorm_van_een_stap(nummer):
    hoofdstuk = HOOFDSTUKKEN[nummer]
    assert onderdeelfout(hoofdstuk) is None
    meld([str(fout) for fout in aankondigingsfouten(hoofdstuk)])


def test_de_zinnen_zijn_kort():
    lengtes = zinlengtes((PROJECT / VERDIEPING).read_text(encoding='utf-8'))
    assert sum(lengtes) / len(lengtes) <= 11
    assert sum(lengte > 20 for lengte in lengtes) <= len(lengtes) * 0.03


# Per onwaarheid: het deel, wat er verandert, en wat de melding zegt.
ONWAARHEDEN = {
    'een bestaande database geeft een script': (
        'A',
        r'INFO  \[alembic.env\] No changes in schema detected.',
        'Generating ...begin.py ...  done',
        'in het echt komt die regel niet',
    ),
    'na een stamp die niet klopt ziet check geen verschil': (
        'A',
        r"INFO .* Detected added column 'cursisten.instrument'\nERROR .*",
        'No new upgrade operations detected.',
        'in het echt komt die regel niet',
    ),
    'een merge zonder heads volgt op allebei': (
        'B',
        r'down_revision = None',
        "down_revision = ('...', '...')",
        'in het echt komt die regel niet',
    ),
    'na een merge weet downgrade de weg': (
        'B',
        r'ERROR .* Ambiguous walk',
        'INFO  [alembic.runtime.migration] Running downgrade ... -> ..., ..., samen',
        'in het echt komt die regel niet',
    ),
    'de instellingen zeggen niets': (
        'C',
        r'Will assume transactional DDL\.\n',
        'Will assume non-transactional DDL.\n',
        'komt `INFO  [alembic.runtime.migration] Will assume transactional DDL.`',
    ),
    'een halve upgrade zit niet in de weg': (
        'C',
        r'\(sqlite3\.OperationalError\) duplicate column name: telefoon\n',
        '(sqlite3.OperationalError) duplicate column name: lestijd\n',
        'komt die regel niet',
    ),
    'met de events verandert het bestand toch': (
        'C',
        r'(filecmp\.cmp\(.*\)\n)True\n',
        r'\1False\n',
        'komt `True`',
    ),
    'een andere database dan de tekst zegt': (
        'D',
        'impl PostgresqlImpl',
        'impl SQLiteImpl',
        'komt `INFO  [alembic.runtime.migration] Context impl PostgresqlImpl.`',
    ),
    'een nieuw bestand met een regel die niet nieuw heet': (
        'D',
        r'(title="overzetten.py" hl_lines="1) ',
        r'\1-2 ',
        'er is geen overzetten.py',
    ),
    'een fout van de server met een andere naam': (
        'D',
        'constraint "cursisten_pkey"\n',
        'constraint "pk_cursisten"\n',
        'komt die regel niet',
    ),
}


@pytest.mark.parametrize(
    ('nummer', 'patroon', 'nieuw', 'melding'), ONWAARHEDEN.values(), ids=ONWAARHEDEN
)
def test_een_onwaarheid_komt_uit_met_haar_regelnummer(
    na_stap, lesboek, nummer, patroon, nieuw, melding
):
    # Alleen in een deel dat klopt is deze onwaarheid de enige.
    stand(nummer)
    hoofdstuk, regel = verander(HOOFDSTUKKEN[nummer], patroon, nieuw)
    eerder = [lesboek.les[n] for n in range(DELEN_NA + 1)]
    with pytest.raises(LesFout, match=re.escape(melding)) as gevangen:
        Streng(na_stap(DELEN_NA)).speel_na([*eerder, hoofdstuk])
    assert (gevangen.value.bestand, gevangen.value.regel) == (VERDIEPING, regel)
