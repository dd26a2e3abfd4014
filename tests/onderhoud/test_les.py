"""LEERLING.md en VERDIEPING.md worden gespeeld: wat er staat, gebeurt ook.

Elk hoofdstuk speelt in een echte shell, vanaf de stand van het hoofdstuk ervoor.
"""

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import tekstfouten
from beweringen import zonder_toeval
from leerling import CURSISTNUMMER, GEBOORTEJAAR, INDEX, KOLOM, NAAM, NIVEAU, WOONPLAATS
from speel_les import PROJECT, lees
from spelen.lestekst import (
    EIGEN,
    LES,
    SYSTEMEN,
    VERDIEPING,
    Hoofdstuk,
    LesFout,
    lees_eigen,
    lees_les,
)
from standen import stand
from stappen import (
    CURSISTEN,
    DATABASE,
    DELEN,
    DELEN_NA,
    GEVULD,
    HERNOEMD,
    KOPIE,
    LAATSTE,
    MODULE,
    STAPPEN,
    TABEL,
    Kolom,
    kolommen_na,
)
from vergelijker import InEenShell, Streng, schema, schemafouten, vergelijk

HOOFDSTUKKEN = {hoofdstuk.nummer: hoofdstuk for hoofdstuk in lees(LES) + lees(VERDIEPING)}
IN_JE_EIGEN_PROJECT = lees_eigen((PROJECT / LES).read_text(encoding='utf-8'))
ALLE_STAPPEN = range(1, LAATSTE + 1)
# Ook een stap of deel waarvan het hoofdstuk ontbreekt.
ALLE = list(dict.fromkeys([*range(LAATSTE + 1), *HOOFDSTUKKEN, *DELEN]))

# Wat de leerling in de stap van woonplaats zelf invult.
WOONPLAATSEN = ('Groningen', None, None)


def meld(fouten: list, hoofdstuk: Hoofdstuk | None = None) -> None:
    """Elke fout in zijn geheel: een assert op de lijst zou haar afkappen."""
    for fout in fouten if hoofdstuk else ():
        fout.bestand = hoofdstuk.bestand
    if fouten:
        pytest.fail('\n'.join(map(str, fouten)), pytrace=False)


# -- de les zoals hij is --------------------------------------------------------------------


@pytest.mark.parametrize('nummer', ALLE)
def test_wat_de_les_toont_gebeurt_ook(na_stap, uitgedeeld, nummer):
    if nummer not in HOOFDSTUKKEN:
        kop = f'## Stap {nummer}. {STAPPEN[nummer - 1].titel}'
        meld([f'LEERLING.md heeft geen hoofdstuk `{kop}`. Zet het voor `## {EIGEN}`.'])
    # In de uitgedeelde map, waarin stap 0 en 1 spelen, is stap 1 al gedaan.
    begin = max(nummer - 1, 0) if isinstance(nummer, int) else DELEN_NA
    speler = InEenShell(na_stap(begin) if begin else uitgedeeld.map)
    meld(speler.fouten(HOOFDSTUKKEN[nummer]))
    # Wat er na de stap van de delen komt, kan een deel ook al hebben gedaan.
    klaar, tot = (max(nummer, 1), LAATSTE) if isinstance(nummer, int) else (DELEN_NA, DELEN_NA)
    verwacht = [('✓' if s.nummer <= klaar else '·', str(s.nummer), s.titel) for s in STAPPEN]
    gezien = re.findall(r'(?m)^([✓✗·]) stap (\d+) +(.+?) *$', speler.controle)
    assert gezien[:tot] == verwacht[:tot]
    # Alle andere tests beginnen met wat hetzelfde proces ervan maakt.
    assert zonder_toeval(speler.map) == zonder_toeval(stand(nummer))
    for vergeleken in speler.vergeleken:
        elke_onware_regel_komt_uit(*vergeleken)


def test_wat_er_over_een_eigen_project_staat_gebeurt_in_een_lege_map(tmp_path):
    speler = InEenShell(tmp_path)
    meld(speler.fouten(IN_JE_EIGEN_PROJECT))
    meld([*tekstfouten.aankondigingsfouten(IN_JE_EIGEN_PROJECT)], IN_JE_EIGEN_PROJECT)
    with closing(sqlite3.connect(tmp_path / 'instance' / 'boeken.sqlite')) as verbinding:
        kolommen = [rij[1] for rij in verbinding.execute('PRAGMA table_info(boek)')]
    assert kolommen == ['id', 'titel', 'schrijver']
    # De kopie is van voor de tweede migratie.
    with closing(sqlite3.connect(tmp_path / KOPIE)) as verbinding:
        assert len(verbinding.execute('PRAGMA table_info(boek)').fetchall()) == 2
    for vergeleken in speler.vergeleken:
        elke_onware_regel_komt_uit(*vergeleken)


def elke_onware_regel_komt_uit(getoond: list[tuple[int, str]], echt: list[str], begin: int) -> None:
    for plaats, (nummer, regel) in enumerate(getoond):
        if regel != '...':
            onwaar = [*getoond[:plaats], (nummer, f'{regel} (onwaar)'), *getoond[plaats + 1 :]]
            assert vergelijk(onwaar, echt, begin).regel == nummer, regel


def rijen(map_: Path) -> list[dict]:
    with closing(sqlite3.connect(map_ / DATABASE)) as verbinding:
        verbinding.row_factory = sqlite3.Row
        return [dict(rij) for rij in verbinding.execute(f'SELECT * FROM {TABEL} ORDER BY id')]


@pytest.mark.parametrize('nummer', ALLE_STAPPEN)
def test_de_database_is_die_van_stappen_py_en_de_cursisten_houden_hun_gegevens(nummer):
    meld([*schemafouten(stand(nummer), nummer)])
    verwacht = [
        cursist
        | {HERNOEMD.naam: cursist[HERNOEMD.was], GEVULD.naam: GEVULD.som - cursist[GEVULD.som_met]}
        | {KOLOM[WOONPLAATS].naam: woonplaats}
        for cursist, woonplaats in zip(CURSISTEN, WOONPLAATSEN, strict=True)
    ]
    namen = {naam for tabel, naam in kolommen_na(nummer) if tabel == TABEL} & verwacht[0].keys()
    assert namen
    assert [{naam: rij[naam] for naam in namen} for rij in rijen(stand(nummer))] == [
        {naam: rij[naam] for naam in namen} for rij in verwacht
    ]


def tabelfouten(hoofdstuk: Hoofdstuk, tabellen: dict) -> list[LesFout]:
    zoekers = tekstfouten.tabelfout, tekstfouten.diagramfout
    return [fout for zoek in zoekers if (fout := zoek(hoofdstuk, tabellen))]


def maakt_tabel(nummer: int) -> bool:
    erna, ervoor = ({tabel for tabel, _ in kolommen_na(n)} for n in (nummer, nummer - 1))
    return erna > ervoor


@pytest.mark.parametrize('nummer', list(HOOFDSTUKKEN)[1:])
def test_de_tabellen_en_diagrammen_zijn_die_van_de_database(nummer):
    hoofdstuk, tabellen = HOOFDSTUKKEN[nummer], schema(stand(nummer))
    meld(tabelfouten(hoofdstuk, tabellen), hoofdstuk)
    for onwaar, regel in tekstfouten.met_een_onware_cel(hoofdstuk):
        assert [fout.regel for fout in tabelfouten(onwaar, tabellen)] == [regel]
    if isinstance(nummer, int) and maakt_tabel(nummer):
        assert 'mermaid' in {blok.soort for blok in hoofdstuk.blokken}


@pytest.mark.parametrize('hoofdstuk', HOOFDSTUKKEN.values(), ids=lambda h: h.naam)
def test_elk_hoofdstuk_heeft_alle_onderdelen_en_boven_elk_blok_wat_je_ermee_doet(hoofdstuk):
    assert tekstfouten.onderdeelfout(hoofdstuk) is None
    meld([*tekstfouten.aankondigingsfouten(hoofdstuk)], hoofdstuk)


def kolommen_bij(nummer: int | str) -> list[Kolom]:
    """De kolommen van de les die een hoofdstuk kan noemen: die van ervoor en van erna."""
    erna = max(nummer, 1) if isinstance(nummer, int) else DELEN_NA
    ervoor = erna - 1 if isinstance(nummer, int) else DELEN_NA
    return [*kolommen_na(ervoor).values(), *kolommen_na(erna).values()]


@pytest.mark.parametrize('hoofdstuk', HOOFDSTUKKEN.values(), ids=lambda h: h.naam)
def test_een_zin_noemt_alleen_kolommen_en_typen_die_er_dan_zijn(hoofdstuk):
    meld([*tekstfouten.prozafouten(hoofdstuk, kolommen_bij(hoofdstuk.nummer))], hoofdstuk)


def test_een_andere_lengte_in_stappen_py_wijst_de_zinnen_aan():
    hoofdstuk, kolom = HOOFDSTUKKEN[WOONPLAATS], KOLOM[WOONPLAATS]
    lengte = re.search(r'\d+', kolom.type)[0]
    langer = replace(kolom, type=kolom.type.replace(lengte, '60'))
    kolommen = [k for k in kolommen_bij(WOONPLAATS) if k.plek != kolom.plek] + [langer]
    fouten = [*tekstfouten.prozafouten(hoofdstuk, kolommen)]
    zinnen = [n for n, r in hoofdstuk.regels if re.search(rf'`[\w.]*String\({lengte}\)`', r)]
    assert zinnen and [fout.regel for fout in fouten] == zinnen
    assert all(kolom.model_type in str(fout) for fout in fouten)
    # Wie dan alleen het type verbetert, hoort dat het aantal tekens nog niet klopt.
    beter, _ = tekstfouten.verander(hoofdstuk, rf'`db.String\({lengte}\)`', '`db.String(60)`')
    gezegd = [str(fout) for fout in tekstfouten.prozafouten(beter, kolommen)]
    assert any(f'hier staan {lengte} tekens' in fout for fout in gezegd), gezegd


def test_de_tijden_van_de_stappen_zijn_samen_die_van_de_hele_les():
    minuten = [re.match(tekstfouten.TIJD, h.regels[2][1]) for h in lees(LES)]
    assert abs(sum(int(tijd[1]) for tijd in minuten) / 60 - 3) < 0.25
    assert 'Alles samen duurt ongeveer drie uur.' in (PROJECT / LES).read_text(encoding='utf-8')


def test_geen_regel_code_is_zo_lang_dat_hij_uit_beeld_schuift():
    for hoofdstuk in [*HOOFDSTUKKEN.values(), IN_JE_EIGEN_PROJECT]:
        for blok in hoofdstuk.blokken:
            for nummer, regel in blok.regels if blok.soort == 'python' else ():
                assert len(regel) <= 100, f'{hoofdstuk.bestand}, regel {nummer}'


def test_de_hoofdstukken_heten_zoals_in_stappen_py():
    assert [(h.nummer, h.titel) for h in lees(LES)[1:]] == [(s.nummer, s.titel) for s in STAPPEN]
    assert [h.nummer for h in lees(VERDIEPING)] == [*DELEN]


def test_stap_0_toont_de_hele_module():
    module = next(blok for blok in HOOFDSTUKKEN[0].blokken if blok.titel == MODULE)
    assert module.tekst() == (PROJECT / MODULE).read_text(encoding='utf-8')


def per_systeem(*hoofdstukken: Hoofdstuk) -> list[tuple[int, list[str]]]:
    """De rijen van de tabellen met opdrachten: die van elk systeem, met het regelnummer."""
    gevonden = [
        (regel, [cel.strip('`') for cel in cellen])
        for hoofdstuk in hoofdstukken
        for blok in hoofdstuk.blokken
        if blok.soort == 'tabel' and blok.kop == SYSTEMEN
        for regel, cellen in blok.cellen()
    ]
    assert gevonden
    return gevonden


def test_klaarzetten_gaat_zoals_in_de_readme():
    readme = (PROJECT / 'README.md').read_text(encoding='utf-8')
    eerste = re.search(r'(?ms)^```sh\n(.*?)^```', readme)[1].splitlines()
    assert {cellen[0] for _, cellen in per_systeem(HOOFDSTUKKEN[0])} <= set(eerste)


def test_elk_systeem_krijgt_dezelfde_bestanden():
    for regel, cellen in per_systeem(*lees(LES)[1:], IN_JE_EIGEN_PROJECT):
        namen = [re.findall(r'[\w*/]+\.\w+|migrations$', cel.replace('\\', '/')) for cel in cellen]
        assert namen[0] and namen[0] == namen[1] == namen[2], regel


@pytest.mark.parametrize('tekst', [LES, VERDIEPING])
def test_de_zinnen_zijn_kort(tekst):
    lengtes = tekstfouten.zinlengtes((PROJECT / tekst).read_text(encoding='utf-8'))
    assert sum(lengtes) / len(lengtes) <= 11
    assert sum(lengte > 20 for lengte in lengtes) <= len(lengtes) * 0.03


# -- een onwaarheid in de tekst komt uit -----------------------------------------------------

# Per onwaarheid: het hoofdstuk, wat er verandert, wat de melding zegt, en een stuk van de regel die
# zij noemt, als dat een andere is dan de veranderde.
ONWAARHEDEN = {
    'een onbekende opdracht': (
        *(NIVEAU, r'\$ flask db migrate', '$ flaks db migrate', 'ken ik niet'),
    ),
    'een opdracht die flask niet kent': (
        *(NAAM, r'\$ flask db migrate', '$ flask db migreer'),
        # De opdracht zelf kan; pas wat eronder staat, komt niet.
        *('komt die regel niet', 'Detected added column'),
    ),
    'een uitvoerregel te weinig': (
        *(WOONPLAATS, r'(\[SQL: .*\n.*\]\n)\(Background .*\n', r'\1', 'Background'),
        f'FROM {TABEL}]',
    ),
    'een fout die verzwegen wordt': (
        *(NIVEAU, r'Traceback(.*\n)+?\[SQL.*\n', '', 'eindigt met 1'),
        '$ flask db upgrade',
    ),
    'een verkeerde opgelichte regel': (
        *(WOONPLAATS, r'hl_lines="(\d+)"', lambda g: f'hl_lines="{int(g[1]) + 1}"'),
        *('is nieuw en hoort in hl_lines', KOLOM[WOONPLAATS].regel),
    ),
    'een opgelichte regel te veel': (
        *(CURSISTNUMMER, r'hl_lines="(\d+)"', r'hl_lines="1 \1"'),
        *('is niet nieuw, maar staat in hl_lines', 'class Cursist'),
    ),
    'een script dat anders is dan getoond': (
        *(INDEX, r'def upgrade\(\):\n    pass\n', 'def upgrade():\n    return\n'),
        *('komt `    pass`', 'return'),
    ),
    'een titel waar geen script bij hoort': (
        *(GEBOORTEJAAR, r'`(\.\.\._\w+)\.py`', r'`\1_.py`', 'horen 0 bestanden'),
        '```python hl_lines="6"',
    ),
    'een module die er niet is': (
        *(WOONPLAATS, rf'`{MODULE}`', '`Basis.py`', 'er is geen Basis.py', '```python hl_lines'),
    ),
    'iets weggooien dat er niet is': (
        *(NIVEAU, r'`rm ([^`]*)\.py`', r'`rm \1_.py`', 'om weg te gooien'),
    ),
    # Zonder de kolom in het model gaat er niets mis.
    'een blok dat ontbreekt': (
        *(NIVEAU, r'```python (.*\n)+?```\n', '', 'hier staat `Traceback', 'Traceback'),
    ),
}


@pytest.mark.parametrize('onwaarheid', ONWAARHEDEN.values(), ids=ONWAARHEDEN)
def test_een_onwaarheid_komt_uit_met_haar_regelnummer(na_stap, onwaarheid):
    nummer, patroon, nieuw, melding, *waar = onwaarheid
    # Alleen in een hoofdstuk dat klopt is deze onwaarheid de enige.
    stand(nummer)
    hoofdstuk, anders = tekstfouten.verander(HOOFDSTUKKEN[nummer], patroon, nieuw)
    with pytest.raises(LesFout, match=re.escape(melding)) as gevangen:
        Streng(na_stap(nummer - 1 if isinstance(nummer, int) else DELEN_NA)).speel(hoofdstuk)
    past = [regel for regel, tekst in hoofdstuk.regels if waar and waar[0] in tekst] or [anders]
    regel = min(past, key=lambda regel: abs(regel - anders))
    assert (gevangen.value.bestand, gevangen.value.regel) == (hoofdstuk.bestand, regel)


@pytest.mark.parametrize(
    ('patroon', 'nieuw', 'blok', 'melding'),
    [
        (r'[^\n]+:\n\n```console', '```console', '```console', 'wat je met dit blok doet'),
        (rf' in `{MODULE}`', '', '```python', 'in welk bestand dit hoort'),
        (r', `\.\.\._\w+\.py`', '', '```python', 'in welk bestand dit hoort'),
    ],
)
def test_een_blok_zonder_aankondiging_komt_uit_met_zijn_regelnummer(patroon, nieuw, blok, melding):
    hoofdstuk, _ = tekstfouten.verander(HOOFDSTUKKEN[WOONPLAATS], patroon, nieuw)
    (fout,) = tekstfouten.aankondigingsfouten(hoofdstuk)
    assert melding in str(fout)
    assert dict(hoofdstuk.regels)[fout.regel].startswith(blok)


def test_een_fout_in_de_les_komt_in_zijn_geheel_uit(uitgedeeld):
    (hoofdstuk,) = lees_les('## Stap 0. Begin\n```console\n$ flask db current\nonzin\n```\n')
    [fout] = InEenShell(uitgedeeld.map).fouten(hoofdstuk)
    assert fout.startswith('LEERLING.md, regel 4: hier staat `onzin`, maar')
    assert '\n    Error: Could not locate a Flask application' in fout
    assert fout.endswith("\n    Error: No such command 'db'.")


def test_elk_verschil_met_stappen_py_komt_uit():
    for nummer, verschillen in (
        (NAAM, {f'{HERNOEMD.was}: type', f'{HERNOEMD.naam}: type'}),
        (INDEX, {f'{HERNOEMD.naam}: index'}),
    ):
        fouten = '\n'.join(schemafouten(stand(nummer - 1), nummer))
        gezien = set(re.findall(rf'kolom {TABEL}\.(\w+: (?:type|index)) is ', fouten))
        assert gezien >= verschillen, fouten
