"""De klas van een docent: wie is waar, zonder iets uit te voeren, en een cijfer dat klopt."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from beweringen import inhoud, verhaal
from docent import rij
from docent.inlevering import GROOTSTE_BESTAND, neem_over, zoek_inleveringen
from klaslokaal import KLAS, VALLEN, opvalt, rijen, zet_neer, zet_vallen
from leerling import NIVEAU, WOONPLAATS, Leerling
from speel_les import PROJECT, omgeving
from stappen import DATABASE, LAATSTE, MODULE

WINDOWS = sys.platform == 'win32'


def draai_klas(*argumenten: str | Path, **extra: str) -> subprocess.CompletedProcess:
    """Draait klas.py zoals een docent; stdout en stderr apart."""
    klaar = subprocess.run(
        [sys.executable, KLAS, *argumenten],
        env=omgeving() | extra,
        capture_output=True,
        encoding='utf-8',
    )
    assert 'Traceback' not in klaar.stdout + klaar.stderr, klaar.stdout + klaar.stderr
    return klaar


@pytest.fixture
def klas(na_stap, tmp_path):
    """`klas(anna=4)`: een klas met leerlingen, elk in een map zoals na een stap."""

    def maak(**stappen: int) -> Path:
        map_ = tmp_path / 'klas'
        map_.mkdir(exist_ok=True)
        for naam, nummer in stappen.items():
            zet_neer(nummer, map_ / naam)
        return map_

    return maak


# --- Lezen --------------------------------------------------------------------------------------


def test_een_rij_per_leerling_met_wie_het_minst_ver_is_eerst(klas):
    map_ = klas(Joyce=LAATSTE, Bram=0, Elsje=NIVEAU)
    voor = inhoud(map_)
    klaar = draai_klas(map_)
    assert (klaar.returncode, klaar.stderr) == (0, '')
    gezien = rijen(klaar.stdout)
    assert list(gezien) == ['Bram', 'Elsje', 'Joyce']
    assert [cellen[:2] for cellen in gezien.values()] == [
        ['1', '1'],
        [str(NIVEAU)] * 2,
        [str(LAATSTE)] * 2,
    ]
    scripts = (map_ / 'Elsje/migrations/versions').glob('*.py')
    teksten = [pad.read_text(encoding='utf-8') for pad in scripts]
    momenten = sorted(re.search(r'Create Date: (.{16})', tekst)[1] for tekst in teksten)
    assert ' '.join(gezien['Elsje'][2:]) == f'{momenten[0]} {momenten[-1]}'
    assert 'het is geen cijfer' in verhaal(klaar.stdout)
    assert max(map(len, klaar.stdout.splitlines())) <= 80
    assert inhoud(map_) == voor


def test_lezen_voert_niets_van_een_leerling_uit(klas, tmp_path):
    map_ = klas(Bram=WOONPLAATS)
    zet_vallen(map_ / 'Bram', VALLEN, tmp_path / 'sporen')
    # Ook niet als de docent in de map van de leerling staat.
    for waar in (PROJECT, map_ / 'Bram'):
        klaar = subprocess.run(
            [sys.executable, KLAS, map_], cwd=waar, env=omgeving(), capture_output=True, text=True
        )
        assert rijen(klaar.stdout)['Bram'][0] == str(WOONPLAATS), klaar.stderr
    assert list((tmp_path / 'sporen').iterdir()) == []
    # De val werkt: wie de module wel uitvoert, laat een spoor achter.
    subprocess.run([sys.executable, map_ / 'Bram' / MODULE], capture_output=True)
    assert {pad.name for pad in (tmp_path / 'sporen').iterdir()} == {'flask.py', MODULE}


def leeg(map_):
    shutil.rmtree(map_)
    map_.mkdir()


def genest(map_):
    map_.rename(map_.with_name('tijdelijk'))
    (map_ / '__MACOSX').mkdir(parents=True)
    (map_ / 'inlevering').mkdir()
    map_.with_name('tijdelijk').rename(map_ / 'inlevering' / 'oefening-main')


def hernoemd(map_):
    (map_ / MODULE).rename(map_ / 'app.py')


def kapot(map_):
    (map_ / MODULE).write_text(f'x = a{".b" * 200_000}\n', encoding='utf-8')


def halve_database(map_):
    (map_ / DATABASE).write_bytes((map_ / DATABASE).read_bytes()[:5000])


def rekenende_database(map_):
    with closing(sqlite3.connect(map_ / DATABASE)) as verbinding, verbinding:
        verbinding.execute('CREATE TABLE bom (a, b AS (hex(zeroblob(490000000))))')
        verbinding.execute('INSERT INTO bom VALUES (1)')


def te_groot(map_):
    with (map_ / MODULE).open('a', encoding='utf-8') as module:
        module.write('#' * GROOTSTE_BESTAND)


def iets_anders(map_):
    leeg(map_)
    (map_ / 'verslag.docx').touch()


def niet_uitgevoerd(map_):
    Leerling(map_).schrijf_script('straat', 'pass', 'pass')


@pytest.mark.parametrize(
    ('doe', 'stap', 'woorden'),
    [
        (leeg, 0, ['is leeg']),
        (iets_anders, 0, ['hier staat geen oefenmap']),
        (genest, NIVEAU, ['de oefenmap is `inlevering/oefening-main`']),
        (hernoemd, NIVEAU, ['Er is geen bestand `BasicModelApp.py`']),
        (kapot, 0, ['is niet te lezen']),
        (halve_database, 0, ['`data.sqlite` is geen database']),
        (rekenende_database, 0, ['`data.sqlite` is geen database']),
        (te_groot, NIVEAU, ['`BasicModelApp.py` is te groot om te lezen']),
        (niet_uitgevoerd, NIVEAU, ['niet uitgevoerd: 1 van de migraties']),
    ],
)
def test_een_bijzondere_map_is_een_rij_die_dat_zegt(klas, doe, stap, woorden):
    map_ = klas(Bram=NIVEAU, Elsje=WOONPLAATS)
    doe(map_ / 'Bram')
    bram, elsje = map(rij.lees, zoek_inleveringen([map_]))
    assert (bram.stap, elsje.stap) == (stap, WOONPLAATS)
    assert elsje.opvalt == []
    for woord in woorden:
        assert woord in ' '.join([bram.wat, *bram.opvalt])


def test_een_zip_is_een_rij_en_een_los_bestand_niet(klas):
    map_ = klas(Bram=WOONPLAATS)
    for naam in ('Elsje.zip', 'Joyce.rar', 'cijfers.csv'):
        (map_ / naam).touch()
    (map_ / '__MACOSX').mkdir()
    gevonden = {i.naam: i.opvalt for i in zoek_inleveringen([map_])}
    ingepakt = ['is nog niet uitgepakt']
    assert gevonden == {'Bram': [], 'Elsje.zip': ingepakt, 'Joyce.rar': ingepakt}


def test_wie_twee_oefenmappen_inlevert_krijgt_twee_rijen(klas):
    map_ = klas(Bram=WOONPLAATS)
    genest(map_ / 'Bram')
    shutil.copytree(map_ / 'Bram/inlevering/oefening-main', map_ / 'Bram/inlevering/poging 2')
    assert [i.naam for i in zoek_inleveringen([map_])] == [
        'Bram/inlevering/oefening-main',
        'Bram/inlevering/poging 2',
    ]


def test_een_map_van_een_leerling_en_meer_klassen_mogen_ook(klas, tmp_path, monkeypatch):
    map_ = klas(Bram=WOONPLAATS)
    (map_ / 'Elsje').mkdir()
    monkeypatch.chdir(tmp_path)
    losse = zoek_inleveringen([Path('klas/Bram'), Path('klas/Elsje')])
    assert [(i.naam, i.opvalt) for i in losse] == [('Bram', []), ('Elsje', ['is leeg'])]
    shutil.copytree(map_, tmp_path / 'klas2')
    # Een naam die twee keer voorkomt, wordt de plaats van de map.
    namen = [i.naam for i in zoek_inleveringen([Path('klas'), Path('klas2/Bram')])]
    assert namen == [
        (tmp_path / 'klas/Bram').as_posix(),
        'Elsje',
        (tmp_path / 'klas2/Bram').as_posix(),
    ]


@pytest.mark.skipif(WINDOWS, reason='Windows vraagt een apart recht voor een link')
def test_een_link_naar_buiten_wordt_niet_gevolgd(klas, tmp_path):
    map_ = klas(Bram=WOONPLAATS, Elsje=WOONPLAATS)
    geheim = tmp_path / 'geheim'
    shutil.copytree(map_ / 'Elsje', geheim)
    (map_ / 'Joyce').symlink_to(geheim)
    for naam in (MODULE, DATABASE, 'migrations'):
        (map_ / 'Bram' / naam).rename(map_ / 'Bram' / f'{naam}.weg')
        (map_ / 'Bram' / naam).symlink_to(geheim / naam)
    (map_ / 'Bram' / 'hulp.py').symlink_to(tmp_path / 'bestaat niet')
    gelezen = {r.naam: r for r in map(rij.lees, zoek_inleveringen([map_]))}
    assert gelezen['Joyce'].opvalt == ['is een link naar een andere plek']
    assert [gelezen['Bram'].stap, gelezen['Bram'].revisies] == [0, {}]
    for naam in (MODULE, DATABASE, 'migrations', 'hulp.py'):
        assert f'`{naam}` is een link naar buiten de map' in gelezen['Bram'].opvalt
    neem_over(map_ / 'Bram', tmp_path / 'kopie')
    assert {pad.name for pad in (tmp_path / 'kopie').iterdir()} == {'conftest.py'}
    # Binnen de map mag het.
    (map_ / 'Elsje' / DATABASE).rename(map_ / 'Elsje' / 'echt.sqlite')
    (map_ / 'Elsje' / DATABASE).symlink_to('echt.sqlite')
    assert rij.lees(zoek_inleveringen([map_ / 'Elsje'])[0]).stap == WOONPLAATS


@pytest.mark.skipif(WINDOWS, reason='Windows kent dit soort bestanden niet')
def test_een_bestand_dat_blijft_wachten_wordt_niet_geopend(klas):
    map_ = klas(Bram=WOONPLAATS)
    for naam in (MODULE, DATABASE):
        (map_ / 'Bram' / naam).unlink()
        os.mkfifo(map_ / 'Bram' / naam)
    assert rij.lees(zoek_inleveringen([map_])[0]).stap == 0


def test_een_naam_bestuurt_de_terminal_niet(klas):
    map_ = klas(Bram=WOONPLAATS)
    lees = Leerling(map_ / 'Bram')
    lees.vervang('woonplaats = ', 'woonplaats = 1 +', MODULE)
    lees.schrijf(f'{lees.lees()}\n\x1b[31mrood(', MODULE)
    uit = draai_klas(map_).stdout
    assert '\x1b' not in uit
    assert 'Python begrijpt `BasicModelApp.py` niet' in verhaal(uit)


# --- Signalen -----------------------------------------------------------------------------------


def test_een_gedeelde_revisie_en_haast_vallen_op(klas):
    map_ = klas(Bram=NIVEAU, Elsje=WOONPLAATS, Joyce=0, Noor=0)
    uit = draai_klas(map_).stdout
    # Bram en Elsje zijn uit dezelfde gespeelde les; het uitgedeelde script van Joyce en Noor telt
    # niet.
    assert f'{WOONPLAATS} van de revision ids ook bij Elsje' in opvalt(uit, 'Bram')
    assert f'{WOONPLAATS} van de revision ids ook bij Bram' in opvalt(uit, 'Elsje')
    alleen = 'heeft alleen de uitgedeelde migratie'
    assert opvalt(uit, 'Joyce') == opvalt(uit, 'Noor') == alleen


@pytest.mark.parametrize(('seconden', 'snel'), [(20, True), (40, False)])
def test_alle_migraties_binnen_een_minuut_valt_op(klas, seconden, snel):
    map_ = klas(Bram=NIVEAU)
    for nummer, pad in enumerate(sorted((map_ / 'Bram/migrations/versions').glob('*.py'))):
        tekst = pad.read_text(encoding='utf-8')
        minuut, rest = divmod(nummer * seconden, 60)
        moment = f'Create Date: 2026-11-20 10:{minuut:02}:{rest:02}.000000'
        pad.write_text(re.sub('Create Date: .*', moment, tekst), encoding='utf-8')
    uit = opvalt(draai_klas(map_).stdout, 'Bram')
    assert (f'alle {NIVEAU} nieuwe migraties binnen een minuut gemaakt' in uit) == snel


def test_de_hints_die_het_meest_voorkomen_staan_onderaan(klas):
    map_ = klas(A=NIVEAU, B=NIVEAU, C=NIVEAU, D=NIVEAU, E=NIVEAU, F=NIVEAU)
    for naam in 'ABC':
        (map_ / naam / DATABASE).unlink()
    for naam in 'DE':
        shutil.rmtree(map_ / naam / 'migrations')
    uit = draai_klas(map_).stdout
    assert '    3 x database is er niet: A, B, C\n    2 x migraties zijn weg: D, E\n' in uit


@pytest.mark.skipif(WINDOWS, reason='Windows heeft geen pty')
def test_in_een_terminal_is_te_zien_hoe_ver_het_is(klas):
    import pty

    map_ = klas(Bram=WOONPLAATS, Elsje=NIVEAU)
    lezen, schrijven = pty.openpty()
    subprocess.run([sys.executable, KLAS, map_], stdout=subprocess.PIPE, stderr=schrijven)
    os.close(schrijven)
    assert os.read(lezen, 1000).decode().split('\r') == ['1 van 2', '2 van 2', '']
    os.close(lezen)
