"""LEERLING.md wordt gespeeld: wat er staat, gebeurt ook, en de controle geeft elke stap gelijk."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from leerling import CURSISTNUMMER, GEBOORTEJAAR, INDEX, NAAM, NIVEAU, WOONPLAATS, stap
from lesboek import LESTEST, Lesboek, vertel
from speel_les import PROJECT
from spelen.lestekst import SYSTEMEN, Hoofdstuk, LesFout, lees_les, rijcellen
from standen import stand
from stappen import CURSISTEN, GEVULD, HERNOEMD, LAATSTE, STAPPEN, TABEL, kolommen_na
from tekstfouten import (
    KOLOMMENTABEL,
    Streng,
    aankondigingsfouten,
    diagramfout,
    meld,
    onderdeelfout,
    tabelfout,
    verander,
    zinlengtes,
)
from vergelijker import Vergelijker, schema, schemafouten

TEKST = (PROJECT / 'LEERLING.md').read_text(encoding='utf-8')
LES = lees_les(TEKST)
# Ook een stap waarvan het hoofdstuk ontbreekt.
ALLE_HOOFDSTUKKEN = range(max(len(LES), LAATSTE + 1))
ALLE_STAPPEN = range(1, LAATSTE + 1)

# Wat de leerling in de stap van woonplaats zelf invult.
WOONPLAATSEN = ('Groningen', None, None)


def rijen(map_: Path) -> list[dict]:
    with closing(sqlite3.connect(map_ / 'data.sqlite')) as verbinding:
        verbinding.row_factory = sqlite3.Row
        return [dict(rij) for rij in verbinding.execute(f'SELECT * FROM {TABEL} ORDER BY id')]


# -- de les zoals hij is --------------------------------------------------------------------


@pytest.mark.parametrize('nummer', ALLE_HOOFDSTUKKEN)
def test_wat_de_les_toont_gebeurt_ook(lesboek, nummer):
    meld(lesboek.gespeeld(nummer).fouten)


@pytest.mark.parametrize('nummer', ALLE_STAPPEN)
def test_de_cursisten_houden_in_elke_stap_hun_gegevens(nummer):
    verwacht = [
        cursist
        | {HERNOEMD.naam: cursist[HERNOEMD.was], GEVULD.naam: GEVULD.som - cursist[GEVULD.som_met]}
        | {'woonplaats': woonplaats}
        for cursist, woonplaats in zip(CURSISTEN, WOONPLAATSEN, strict=True)
    ]
    namen = {naam for tabel, naam in kolommen_na(nummer) if tabel == TABEL} & verwacht[0].keys()
    assert namen
    assert [{naam: rij[naam] for naam in namen} for rij in rijen(stand(nummer))] == [
        {naam: rij[naam] for naam in namen} for rij in verwacht
    ]


@pytest.mark.parametrize('nummer', ALLE_HOOFDSTUKKEN)
def test_de_controle_noemt_precies_de_gedane_stappen_klaar(nummer):
    speler = Vergelijker(stand(nummer))
    uitvoer = speler.controleer(LES[nummer])
    meld([vertel(fout) for fout in speler.afwijkingen])
    # In de uitgedeelde map, waarin stap 0 speelt, is stap 1 al gedaan.
    klaar = max(nummer, 1)
    verwacht = [
        ('✓' if stap.nummer <= klaar else '·', str(stap.nummer), stap.titel) for stap in STAPPEN
    ]
    regels = re.findall(r'(?m)^([✓✗·]) stap (\d+) +(.+?) *$', uitvoer)
    assert regels == verwacht


@pytest.mark.parametrize('nummer', ALLE_STAPPEN)
def test_de_kolommentabellen_zijn_die_van_de_database(nummer):
    fout = tabelfout(LES[nummer], schema(stand(nummer)))
    meld([str(fout)] if fout else [])


def heeft_diagram(nummer: int) -> bool:
    return any(
        blok.soort == 'mermaid' for hoofdstuk in LES[nummer:][:1] for blok in hoofdstuk.blokken
    )


def maakt_tabel(nummer: int) -> bool:
    erna, ervoor = ({tabel for tabel, _ in kolommen_na(n)} for n in (nummer, nummer - 1))
    return erna > ervoor


@pytest.mark.parametrize('nummer', [n for n in ALLE_STAPPEN if heeft_diagram(n) or maakt_tabel(n)])
def test_het_diagram_is_dat_van_de_database(nummer):
    tabellen = schema(stand(nummer))
    assert heeft_diagram(nummer)
    fout = diagramfout(LES[nummer], tabellen)
    meld([str(fout)] if fout else [])


def test_de_stappen_heten_zoals_in_stappen_py():
    assert [(h.nummer, h.titel) for h in LES[1:]] == [(s.nummer, s.titel) for s in STAPPEN]


@pytest.mark.parametrize('hoofdstuk', LES, ids=lambda hoofdstuk: hoofdstuk.naam)
def test_elke_stap_heeft_alle_onderdelen(hoofdstuk):
    assert onderdeelfout(hoofdstuk) is None


def test_stap_0_toont_de_hele_module():
    module = next(blok for blok in LES[0].blokken if blok.titel == 'BasicModelApp.py')
    assert module.tekst() == (PROJECT / 'BasicModelApp.py').read_text(encoding='utf-8')


def per_systeem(hoofdstukken: list[Hoofdstuk]) -> list[tuple[int, list[str]]]:
    """De rijen van de tabellen met opdrachten: die van elk systeem, met het regelnummer."""
    gevonden = [
        (regel, [cel.strip('`') for cel in cellen])
        for hoofdstuk in hoofdstukken
        for blok in hoofdstuk.blokken
        if blok.kop == SYSTEMEN
        for regel, cellen in blok.cellen()
    ]
    assert gevonden
    return gevonden


def test_klaarzetten_gaat_zoals_in_de_readme():
    readme = (PROJECT / 'README.md').read_text(encoding='utf-8')
    eerste = re.search(r'(?ms)^```sh\n(.*?)^```', readme)[1].splitlines()
    assert {cellen[0] for _, cellen in per_systeem(LES[:1])} <= set(eerste)


def test_elk_systeem_krijgt_dezelfde_bestanden():
    for regel, cellen in per_systeem(LES[1:]):
        namen = [re.findall(r'[\w*/]+\.\w+|migrations$', cel.replace('\\', '/')) for cel in cellen]
        assert namen[0], regel
        assert namen[0] == namen[1] == namen[2], regel


def test_de_zinnen_zijn_kort():
    lengtes = zinlengtes(TEKST)
    assert sum(lengtes) / len(lengtes) <= 11
    assert sum(lengte > 20 for lengte in lengtes) <= len(lengtes) * 0.03


@pytest.mark.parametrize('hoofdstuk', LES, ids=lambda hoofdstuk: hoofdstuk.naam)
def test_boven_elk_blok_staat_wat_je_ermee_doet_en_in_welk_bestand(hoofdstuk):
    meld([str(fout) for fout in aankondigingsfouten(hoofdstuk)])


# -- een onwaarheid in de tekst komt uit -----------------------------------------------------


# Per onwaarheid: de stap, wat er verandert, een stuk van de regel die de fout dan noemt, en wat
# de melding zegt.
ONWAARHEDEN = {
    'een onbekende opdracht': (
        NIVEAU,
        r'\$ flask db migrate',
        '$ flaks db migrate',
        '$ flaks db migrate',
        'ken ik niet',
    ),
    'een opdracht die flask niet kent': (
        NAAM,
        r'\$ flask db migrate',
        '$ flask db migreer',
        # De opdracht zelf kan; pas wat eronder staat, komt niet.
        'Detected added column',
        'komt die regel niet',
    ),
    'een verkeerde uitvoerregel': (
        WOONPLAATS,
        r'(Error\) no such column: \w+)\.woonplaats\n',
        r'\1.woonplek\n',
        'woonplek',
        'woonplek',
    ),
    'een uitvoerregel te weinig': (
        WOONPLAATS,
        r'(\[SQL: .*\n.*\]\n)\(Background .*\n',
        r'\1',
        f'FROM {TABEL}]',
        'Background',
    ),
    'een fout die verzwegen wordt': (
        NIVEAU,
        r'Traceback(.*\n)+?\(Background .*\n',
        '...\n',
        '$ flask db upgrade',
        'eindigt met 1',
    ),
    'een verkeerde opgelichte regel': (
        WOONPLAATS,
        r'hl_lines="(\d+)"',
        lambda gevonden: f'hl_lines="{int(gevonden[1]) + 1}"',
        'woonplaats = db.Column(',
        'is nieuw en hoort in hl_lines',
    ),
    'een opgelichte regel te veel': (
        CURSISTNUMMER,
        r'hl_lines="(\d+)"',
        r'hl_lines="1 \1"',
        'class Cursist',
        'is niet nieuw, maar staat in hl_lines',
    ),
    'een script dat anders is dan getoond': (
        INDEX,
        r'def upgrade\(\):\n    pass\n',
        'def upgrade():\n    return\n',
        'return',
        'komt `    pass`',
    ),
    'een titel waar geen script bij hoort': (
        GEBOORTEJAAR,
        r'title="(migrations/.*)\.py"',
        r'title="\1_.py"',
        '_.py"',
        'horen 0 bestanden',
    ),
    'een module die er niet is': (
        WOONPLAATS,
        r'title="BasicModelApp\.py"',
        'title="BasisModelApp.py"',
        'title="BasisModelApp.py"',
        'er is geen BasisModelApp.py',
    ),
    'iets weggooien dat er niet is': (
        NIVEAU,
        r'`rm ([^`]*)\.py`',
        r'`rm \1_.py`',
        '_.py`',
        'om weg te gooien',
    ),
    # Zonder de kolom in het model vindt migrate niets.
    'een blok dat ontbreekt': (
        NIVEAU,
        r'```python (.*\n)+?```\n',
        '',
        'Detected added column',
        'Detected added column',
    ),
}


@pytest.mark.parametrize(
    ('nummer', 'patroon', 'nieuw', 'waar', 'melding'), ONWAARHEDEN.values(), ids=ONWAARHEDEN
)
def test_een_onwaarheid_komt_uit_met_haar_regelnummer(
    na_stap, nummer, patroon, nieuw, waar, melding
):
    # Alleen in een hoofdstuk dat klopt is deze onwaarheid de enige.
    stand(nummer)
    hoofdstuk, anders = verander(LES[nummer], patroon, nieuw)
    with pytest.raises(LesFout, match=re.escape(melding)) as gevangen:
        Streng(na_stap(nummer - 1)).speel_na([*LES[:nummer], hoofdstuk])
    past = [regel for regel, tekst in hoofdstuk.regels if waar in tekst]
    assert gevangen.value.regel == min(past, key=lambda regel: abs(regel - anders))


@pytest.mark.parametrize(
    ('naam', 'kop'),
    [
        (HERNOEMD.was, 'type'),
        ('niveau', 'verplicht'),
        ('niveau', 'standaard'),
        ('cursistnummer', 'bijzonder'),
        (GEVULD.naam, 'kolom'),
        ('gebruiker_id', 'bijzonder'),
    ],
)
def test_een_verkeerde_cel_komt_uit_met_haar_regelnummer(naam, kop):
    def met_andere_cel(rij: re.Match) -> str:
        cellen = rijcellen(rij[0])
        cellen[KOLOMMENTABEL.index(kop)] = 'anders'
        return f'| {" | ".join(cellen)} |'

    nummer = stap(naam)
    hoofdstuk, regel = verander(LES[nummer], rf'\| `{naam}` \|.*', met_andere_cel)
    assert tabelfout(hoofdstuk, schema(stand(nummer))).regel == regel


@pytest.mark.parametrize(
    ('patroon', 'nieuw', 'blok', 'melding'),
    [
        (r'[^\n]+:\n\n```console', '```console', '```console', 'wat je met dit blok doet'),
        (r' in `BasicModelApp\.py`', '', '```python', 'in `BasicModelApp.py` staat'),
        (r'eerst het script', 'eerst dit', '```python', 'in `script` staat'),
    ],
)
def test_een_blok_zonder_aankondiging_komt_uit_met_zijn_regelnummer(patroon, nieuw, blok, melding):
    hoofdstuk, _ = verander(LES[WOONPLAATS], patroon, nieuw)
    (fout,) = aankondigingsfouten(hoofdstuk)
    assert melding in str(fout)
    assert dict(hoofdstuk.regels)[fout.regel].startswith(blok)


@pytest.mark.parametrize(
    ('kolom', 'patroon', 'nieuw'),
    [
        (HERNOEMD.was, rf'(        \w+) {HERNOEMD.was}\n', r'\1 name\n'),
        ('id', r'(        \w+ id) PK\n', r'\1\n'),
        ('gebruiker_id', r'        \w+ gebruiker_id FK\n', ''),
        ('gebruiker_id', r'\|o--o\{', '||--o{'),
    ],
)
def test_een_verkeerd_diagram_komt_uit_met_zijn_regelnummer(kolom, patroon, nieuw):
    nummer = stap(kolom)
    hoofdstuk, regel = verander(LES[nummer], patroon, nieuw)
    assert diagramfout(hoofdstuk, schema(stand(nummer))).regel == regel


# -- een les die niet klopt -------------------------------------------------------------------


def test_een_fout_in_de_les_komt_in_zijn_geheel_uit_en_de_stappen_erna_gaan_door(tmp_path):
    tekst = '## Stap 0. Begin\n```console\n$ flask db current\nonzin\n```\n## Stap 1. Niets\n'
    lesboek = Lesboek(tmp_path / 'boek', lees_les(tekst), [])
    [fout] = lesboek.gespeeld(0).fouten
    assert fout.startswith('LEERLING.md, regel 4: hier staat `onzin`, maar')
    assert '\n    Error: Could not locate a Flask application' in fout
    assert fout.endswith("\n    Error: No such command 'db'.")
    assert lesboek.gespeeld(1).fouten == []
    with pytest.raises(pytest.fail.Exception, match='^stap 0 klopt niet'):
        lesboek.na(1)


def test_een_andere_database_dan_in_stappen_py_houdt_de_les_op(tmp_path):
    # Hoofdstukken waarin niets gebeurt: de database blijft zoals uitgedeeld.
    les = lees_les(''.join(f'## Stap {nummer}. Niets\n' for nummer in ALLE_HOOFDSTUKKEN))
    anders = next(nummer for nummer in ALLE_STAPPEN if kolommen_na(nummer) != kolommen_na(1))
    test = SimpleNamespace(name=f'{LESTEST}[{anders}]')
    lesboek = Lesboek(tmp_path / 'boek', les, [test])
    assert lesboek.na(anders - 1).fouten == []
    fouten = lesboek.gespeeld(anders).fouten
    assert {(kolom.tabel, kolom.naam) for kolom in STAPPEN[anders - 1].erbij} == {
        tuple(re.search(r'kolom (\w+)\.(\w+)', fout).groups()) for fout in fouten
    }
    reden = f'^stap {anders} klopt niet; zie {LESTEST}$'
    for vraag in (lesboek.gespeeld, lesboek.na):
        with pytest.raises(pytest.skip.Exception, match=reden):
            vraag(len(STAPPEN))


@pytest.mark.parametrize(
    ('nummer', 'verwacht'),
    [
        (NAAM, [f'{HERNOEMD.was} staat in data.sqlite', f'{HERNOEMD.naam} staat na stap']),
        (INDEX, [f'{HERNOEMD.naam}: index is in data.sqlite False']),
    ],
)
def test_elk_verschil_met_stappen_py_komt_uit(nummer, verwacht):
    fouten = schemafouten(stand(nummer - 1), nummer)
    beginnen = [f'kolom {TABEL}.{begin}' for begin in verwacht]
    assert all(fout.startswith(begin) for fout, begin in zip(fouten, beginnen, strict=True))
