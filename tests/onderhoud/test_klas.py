"""De klas van een docent: wie is waar, zonder iets uit te voeren."""

import os
import re
import shutil
import sys
from contextlib import redirect_stderr
from pathlib import Path

import pytest
from beweringen import inhoud, verhaal
from controle.tabellen import GROOTSTE_WAARDE
from docent import rij
from docent.inlevering import GROOTSTE_BESTAND, neem_over, zoek_inleveringen
from klas import main
from klaslokaal import KLAS, VALLEN, maak_klas, opvalt, rijen, zet_vallen
from leerling import NIVEAU, WOONPLAATS, Leerling
from processen import draai
from stappen import DATABASE, LAATSTE, MODULE, TABEL

NIET_OP_WINDOWS = pytest.mark.skipif(sys.platform == 'win32', reason='Windows kent dit niet')


@pytest.fixture
def typ(capsys):
    """`typ(map_)`: `python tests/klas.py map_`, in dit proces; geeft status, stdout en stderr."""

    def typ(*argumenten: str | Path) -> tuple[int, str, str]:
        return main([str(argument) for argument in argumenten]), *capsys.readouterr()

    return typ


# --- Lezen --------------------------------------------------------------------------------------


def test_een_rij_per_leerling_met_wie_het_minst_ver_is_eerst(typ, tmp_path):
    klas = maak_klas(tmp_path / 'klas', Joyce=LAATSTE, Bram=0, Elsje=NIVEAU)
    voor = inhoud(klas)
    status, uit, fouten = typ(klas)
    assert (status, fouten) == (0, '')
    verwacht = {'Bram': 1, 'Elsje': NIVEAU, 'Joyce': LAATSTE}
    assert [(naam, cellen[:2]) for naam, cellen in rijen(uit).items()] == [
        (naam, [str(stap)] * 2) for naam, stap in verwacht.items()
    ]
    scripts = (klas / 'Elsje/migrations/versions').glob('*.py')
    tekst = ''.join(pad.read_text(encoding='utf-8') for pad in scripts)
    momenten = sorted(re.findall(r'Create Date: (.{16})', tekst))
    assert ' '.join(rijen(uit)['Elsje'][2:]) == f'{momenten[0]} {momenten[-1]}'
    assert 'het is geen cijfer' in verhaal(uit)
    assert max(map(len, uit.splitlines())) <= 80
    assert inhoud(klas) == voor


def test_lezen_voert_niets_van_een_leerling_uit(tmp_path):
    klas, sporen = maak_klas(tmp_path / 'klas', Bram=WOONPLAATS), tmp_path / 'sporen'
    zet_vallen(klas / 'Bram', VALLEN, sporen)
    # Zelfs niet als de docent in de map van de leerling staat.
    klaar = draai(KLAS, klas, waar=klas / 'Bram')
    assert rijen(klaar.stdout)['Bram'][0] == str(WOONPLAATS), klaar.stdout
    assert inhoud(sporen) == {}
    # De val werkt: wie de module wel uitvoert, laat een spoor achter.
    draai(klas / 'Bram' / MODULE)
    assert inhoud(sporen).keys() == {'flask.py', MODULE}


GEEN_DATABASE = f'`{DATABASE}` is geen database'
BOM = f'ALTER TABLE {TABEL} ADD bom AS (zeroblob({GROOTSTE_WAARDE} + 1))'
ROOD = "UPDATE alembic_version SET version_num = '\x1b[31mrood'"

# Tot welke stap elke map leest en wat er onder haar rij staat, en wat er met een map van na NIVEAU
# is gebeurd.
BIJZONDER = {
    'gewoon': (NIVEAU, f'{NIVEAU} van de revision ids ook bij ', lambda m: m),
    'hernoemd': (NIVEAU, f'geen bestand `{MODULE}`', lambda m: m.module.rename(m.map / 'app.py')),
    'kapot': (0, 'is niet te lezen', lambda m: m.schrijf(f'x = a{".b" * 200_000}\n')),
    'half': (0, GEEN_DATABASE, lambda m: os.truncate(m.database, 5000)),
    'rekent': (0, GEEN_DATABASE, lambda m: m.sql(BOM)),
    'groot': (NIVEAU, f'`{MODULE}` is te groot', lambda m: m.onderaan('#' * GROOTSTE_BESTAND)),
    'los': (NIVEAU, 'niet uitgevoerd: 1 van', lambda m: m.schrijf_script('los', 'pass', 'pass')),
    'kleurt': (NIVEAU, 'op revisie `?[31mrood`', lambda m: m.sql(ROOD)),
    'leeg': (0, 'is leeg'),
    'verslag': (0, 'hier staat geen oefenmap'),
    'genest': (NIVEAU, 'de oefenmap is `inlevering/main`'),
    # Wie twee oefenmappen inlevert, krijgt twee rijen.
    'twee/nog/a': (NIVEAU, ''),
    'twee/nog/b': (NIVEAU, ''),
    'Elsje.zip': (0, 'is nog niet uitgepakt'),
    'Joyce.rar': (0, 'is nog niet uitgepakt'),
}


def test_een_bijzondere_map_is_een_rij_die_dat_zegt(typ, tmp_path):
    klas = tmp_path / 'klas'
    for naam, (_, _, *maak) in BIJZONDER.items():
        for doe in maak:
            doe(Leerling(maak_klas(klas, **{naam: NIVEAU}) / naam))
    maak_klas(klas / 'genest/inlevering', main=NIVEAU)
    maak_klas(klas / 'twee/nog', a=NIVEAU, b=NIVEAU)
    for naam in ('leeg', 'verslag', 'genest/__MACOSX', '__MACOSX'):
        (klas / naam).mkdir()
    for naam in ('verslag/verslag.docx', 'Elsje.zip', 'Joyce.rar', 'cijfers.csv'):
        (klas / naam).touch()
    _, uit, _ = typ(klas)
    stappen = {naam: int(cellen[0]) for naam, cellen in rijen(uit).items()}
    assert stappen == {naam: stap for naam, (stap, *_) in BIJZONDER.items()}
    for naam, (_, woorden, *_) in BIJZONDER.items():
        assert woorden in opvalt(uit, naam)
    # Bij een gewone map staat er niets voor; en wat een leerling schrijft bestuurt geen terminal.
    assert opvalt(uit, 'gewoon').startswith(BIJZONDER['gewoon'][1])
    assert '\x1b' not in uit


def test_een_map_van_een_leerling_en_meer_klassen_mogen_ook(tmp_path, monkeypatch):
    klas = maak_klas(tmp_path / 'klas', Bram=WOONPLAATS)
    (klas / 'Elsje').mkdir()
    monkeypatch.chdir(tmp_path)
    losse = zoek_inleveringen([Path('klas/Bram'), Path('klas/Elsje')])
    assert [(i.naam, i.opvalt) for i in losse] == [('Bram', []), ('Elsje', ['is leeg'])]
    maak_klas(tmp_path / 'klas2', Bram=WOONPLAATS)
    # Een naam die twee keer voorkomt, wordt de plaats van de map.
    namen = [i.naam for i in zoek_inleveringen([Path('klas'), Path('klas2/Bram')])]
    bram, andere_bram = ((tmp_path / naam / 'Bram').as_posix() for naam in ('klas', 'klas2'))
    assert namen == [bram, 'Elsje', andere_bram]


@NIET_OP_WINDOWS
def test_een_link_naar_buiten_wordt_niet_gevolgd_en_een_fifo_niet_geopend(tmp_path):
    klas = maak_klas(tmp_path / 'klas', Bram=WOONPLAATS, Elsje=WOONPLAATS, Noor=WOONPLAATS)
    geheim = shutil.copytree(klas / 'Elsje', tmp_path / 'geheim')
    (klas / 'Joyce').symlink_to(geheim)
    for naam in (MODULE, DATABASE, 'migrations'):
        (klas / 'Bram' / naam).rename(klas / 'Bram' / f'{naam}.weg')
        (klas / 'Bram' / naam).symlink_to(geheim / naam)
    (klas / 'Bram' / 'hulp.py').symlink_to(tmp_path / 'bestaat niet')
    (klas / 'Bram' / 'eigen.py').touch()
    # Binnen de map mag het.
    (klas / 'Elsje' / DATABASE).rename(klas / 'Elsje' / 'echt.sqlite')
    (klas / 'Elsje' / DATABASE).symlink_to('echt.sqlite')
    for naam in (MODULE, DATABASE):
        (klas / 'Noor' / naam).unlink()
        os.mkfifo(klas / 'Noor' / naam)
    gelezen = {r.naam: r for r in map(rij.lees, zoek_inleveringen([klas]))}
    stappen = {naam: r.stap for naam, r in gelezen.items()}
    assert stappen == {'Bram': 0, 'Elsje': WOONPLAATS, 'Joyce': 0, 'Noor': 0}
    assert gelezen['Joyce'].opvalt == ['is een link naar een andere plek']
    assert gelezen['Bram'].revisies == {}
    for naam in (MODULE, DATABASE, 'migrations', 'hulp.py'):
        assert f'`{naam}` is een link naar buiten de map' in gelezen['Bram'].opvalt
    neem_over(klas / 'Bram', tmp_path / 'kopie')
    assert inhoud(tmp_path / 'kopie') == {'eigen.py': b''}


@NIET_OP_WINDOWS
def test_in_een_terminal_is_te_zien_hoe_ver_het_is(tmp_path):
    klas = maak_klas(tmp_path / 'klas', Bram=WOONPLAATS, Elsje=NIVEAU)
    lezen, schrijven = os.openpty()
    with os.fdopen(schrijven, 'w', encoding='utf-8') as scherm, redirect_stderr(scherm):
        main([str(klas)])
    with os.fdopen(lezen, 'rb', buffering=0) as scherm:
        assert scherm.read(1000).decode().split('\r') == ['1 van 2', '2 van 2', '']


# --- Signalen -----------------------------------------------------------------------------------


def test_een_gedeelde_revisie_en_haast_vallen_op(typ, tmp_path):
    klas = maak_klas(tmp_path / 'klas', Bram=NIVEAU, Elsje=WOONPLAATS, Joyce=0, Noor=0)
    for naam, seconden in (('Bram', 29), ('Elsje', 60)):
        for nummer, pad in enumerate((klas / naam / 'migrations/versions').glob('*.py')):
            minuut, rest = divmod(nummer * seconden, 60)
            moment = f'Create Date: 2026-11-20 10:{minuut:02}:{rest:02}.000000'
            tekst = re.sub('Create Date: .*', moment, pad.read_text(encoding='utf-8'))
            pad.write_text(tekst, encoding='utf-8')
    _, uit, _ = typ(klas)
    # Bram en Elsje zijn uit dezelfde gespeelde les; het uitgedeelde script van Joyce en Noor telt
    # niet.
    alleen = 'heeft alleen de uitgedeelde migratie'
    assert {naam: opvalt(uit, naam) for naam in rijen(uit)} == {
        'Bram': f'{WOONPLAATS} van de revision ids ook bij Elsje '
        f'alle {NIVEAU} nieuwe migraties binnen een minuut gemaakt',
        'Elsje': f'{WOONPLAATS} van de revision ids ook bij Bram',
        **dict.fromkeys(('Joyce', 'Noor'), alleen),
    }


def test_de_hints_die_het_meest_voorkomen_noemen_de_eerste_namen():
    # Wie nog op de weg van de les is, maakt geen fout.
    hints = {
        'migraties_zijn_weg': 'HI',
        'database_is_er_niet': 'ABCDEFG',
        'de_les_gaat_verder': 'J',
    }
    klas = [rij.Rij(naam, hint=hint) for hint, namen in hints.items() for naam in namen]
    assert list(rij.meest_voorkomend(klas)) == [
        '7 x database is er niet: A, B, C, D, E en nog 2',
        '2 x migraties zijn weg: H, I',
    ]


# --- Een verkeerde opdracht ---------------------------------------------------------------------


def test_een_verkeerde_opdracht_krijgt_de_goede(typ):
    te_ver = f'--naspelen --tot {LAATSTE + 1}'
    for opties in ('--tot 3', '-k Bram', '--naspelen --tot 0', te_ver, '--naspelen --csv'):
        status, uit, fouten = typ('klas', *opties.split())
        assert (status, uit) == (2, '')
        assert fouten.startswith('Gebruik: python tests/klas.py MAP')
    # Zonder map ook, en zo staat het er in een terminal.
    klaar = draai(KLAS, '--naspelen')
    assert (klaar.returncode, klaar.stdout) == (2, fouten)
    assert typ() == (2, '', fouten)


def test_een_map_of_bestand_dat_niet_kan_krijgt_een_zin(typ, tmp_path, monkeypatch):
    (tmp_path / 'klas' / 'Bram').mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    for opdracht in ('weg', 'klas --naspelen --csv klas', 'klas --naspelen --csv weg/c.csv'):
        status, uit, fouten = typ(*opdracht.split())
        assert (status, uit, len(fouten.splitlines())) == (2, '', 1)


def test_help_vertelt_wat_het_doet(typ):
    status, uit, _ = typ('--help')
    assert status == 0
    assert '--naspelen' in uit
