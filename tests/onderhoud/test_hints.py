"""Elke situatie wordt echt gemaakt, en daarna wordt gedaan wat de leerling leest.

Wat hij leest staat heel in `situaties/*.ambr`. Verander je een zin in een hint, typ dan

    pytest tests/onderhoud/test_hints.py -n 2 --snapshot-update

en lees met `git diff` wat er veranderde.
"""

import os
import re
import shutil
import textwrap
from pathlib import Path

import pytest
import waarom
from controle import naspelen, vertelling
from controle.hints import daden
from controle.hints.hint import HINTS
from controle.hints.opmerkingen import OPMERKINGEN, flask_app_in_dit_venster
from docent.inlevering import zoek_inleveringen
from docent.rij import lees
from leerling import WOONPLAATS, Leerling
from situaties import SITUATIES
from situaties.situatie import Situatie
from speel_les import PROJECT
from standen import stand
from stappen import DATABASE, KOPIE, LAATSTE, MODULE, STAPPEN
from syrupy.extensions.amber import AmberSnapshotExtension
from volgen import Volger, hint_van, letterlijk, zonder_ids
from zonder_kindproces import speel_apart_na

# Deze hebben een eigen test: hier, of waar een echte computer niet meewerkt.
ELDERS_GETEST = {
    'flask_app_in_dit_venster',
    'stap_1_begint_opnieuw',
    'terminal_staat_in_een_andere_map',
}

# Hierna gaat de les zelf verder, of komen alleen nog een migratie en een upgrade.
TOT_HIER = {'model_loopt_voor', 'upgrade_moet_nog', 'de_les_gaat_verder'}


class PerOnderwerp(AmberSnapshotExtension):
    """Bewaart wat een leerling leest in `situaties/`, in een bestand per onderwerp."""

    snapshot_dirname = 'situaties'

    @classmethod
    def get_file_basename(cls, *, test_location, index):
        return test_location.item.callspec.params['geval'].onderwerp

    @classmethod
    def matches_test_location(cls, *, test_location, snapshot_location):
        return Path(snapshot_location).stem == test_location.item.callspec.params['geval'].onderwerp


@pytest.fixture(autouse=True)
def terminalvenster(monkeypatch):
    monkeypatch.setenv('FLASK_APP', MODULE)
    yield
    # Een situatie zet haar zelf, soms met een tikfout, en een hint haalt haar weg.
    for naam in [naam for naam in os.environ if naam.startswith('FLASK_SQLALCHEMY_')]:
        del os.environ[naam]


def wat_hij_leest(m: Leerling) -> str:
    """Welke hint of opmerking het is, welke stappen fout zijn, en de woorden."""
    oordeel = m.oordeel()
    if oordeel.afwijkingen:
        fout = [str(s.nummer) for s in STAPPEN if oordeel.toestand(s.nummer) == 'fout']
        tekst = f'[{hint_van(oordeel)}] ✗ {", ".join(fout)}\n{vertelling.wat_nu(oordeel)}'
    else:
        namen = [functie.__name__ for functie in OPMERKINGEN if functie(oordeel)]
        tekst = '\n'.join([f'[{", ".join(namen)}]', *vertelling.opmerkingen(oordeel)])
    return zonder_ids(tekst.replace(str(m.map), '<map>'))


def naam(geval: Situatie) -> str:
    return f'{geval.onderwerp}-{geval.naam}'


# Wat een leerling in elke situatie leest, zoals het bewaard is.
TEKSTEN = {
    naam: textwrap.dedent(tekst)
    for bestand in sorted(Path(__file__).parent.glob('situaties/*.ambr'))
    for naam, tekst in re.findall(
        r"(?ms)^# name: \w+\[(.+?)\]\n  '''\n(.*?)^  '''", bestand.read_text(encoding='utf-8')
    )
}
# Van elke situatie de hint en wat die laat doen.
DADEN = {
    naam: tuple(re.findall(r'\[.*\]|Maak|Haal|Zet|Verplaats|Vervang|Hernoem|flask db \w+', tekst))
    for naam, tekst in TEKSTEN.items()
}
# Elke soort daad van elke hint doet een leerling een keer; de andere situaties pas met --lang.
DOET = {daden: naam for naam, daden in DADEN.items()}.values()


@pytest.mark.parametrize('geval', SITUATIES, ids=naam)
def test_de_leerling_komt_verder(geval: Situatie, tmp_path, monkeypatch, snapshot, pytestconfig):
    m = Leerling(shutil.copytree(stand(geval.stap), tmp_path / 'oefening'))
    if geval.apart:
        monkeypatch.setattr(naspelen, 'TIJDSLIMIET', geval.tijdslimiet)
        m.speel_na = speel_apart_na
    had = m.cursisten()
    geval.maak(m)
    with monkeypatch.context() as overal:
        # Op elk systeem staan dezelfde woorden in het bestand.
        overal.setattr(daden, 'WINDOWS', False)
        assert wat_hij_leest(m) == snapshot(extension_class=PerOnderwerp)
    lang = pytestconfig.getoption('--lang')
    if not lang and naam(geval) in DADEN.keys() - DOET:
        return
    volger = Volger(m, geval.zelf)
    if not m.oordeel().afwijkingen:
        doe_opmerking(m)
    if lang:
        # Een docent kan elke map lezen.
        rij = lees(*zoek_inleveringen([m.map], tmp_path))
        assert not any('niet te lezen' in zin for zin in rij.opvalt)
        volger.volg()
    else:
        volger.volg(TOT_HIER)
    volger.verloor_niets(volger.had if geval.verloren or not had else had)


def doe_opmerking(m: Leerling) -> None:
    """Doet wat een opmerking zegt: dan is zij weg."""
    (tekst,) = vertelling.opmerkingen(m.oordeel())
    if m.doe(tekst):
        assert tekst not in vertelling.opmerkingen(m.oordeel())


# Wat een leerling van deze regels niet kan missen zegt Python al: er klopt dan iets niet meer.
HALVE_OPDRACHTEN = re.compile(
    r'\s*(def |return |namen = |naming_convention|\'(ix|uq|fk)\'|[})]|app.config.*_TRACK)'
)


@pytest.mark.lang
def test_elke_regel_die_uit_de_module_verdwijnt_komt_door_de_hints_terug(leerling):
    m = leerling(LAATSTE)
    regels = m.lees().splitlines(keepends=True)
    for plaats, regel in enumerate(regels):
        if not regel.strip() or '#' in regel or HALVE_OPDRACHTEN.match(regel):
            continue
        m.schrijf(''.join(regels[:plaats] + regels[plaats + 1 :]))
        volger = Volger(m)
        volger.volg()
        assert len(volger.gezien) <= 3 and '    flask' not in volger.verloop, volger.verloop


@pytest.mark.parametrize(
    ('begin', 'eind'),
    [
        ('eigen = db.Column(db.Text', ', nullable=False)'),
        ('eigen = db.Column(\n        db.Integer', ', nullable=False)'),
        ('eigen = db.Column(db.JSON', ', nullable=False)'),
        ('eigen = db.Column(db.LargeBinary', ', nullable=False)'),
        ("eigen = db.Column(db.Enum('a', 'b', name='ab')", ', nullable=False)'),
        ('eigen: db.Mapped[int] = db.mapped_column(', 'nullable=False)'),
        ('eigen: db.Mapped[bool]', ''),
    ],
)
def test_een_eigen_verplichte_kolom_houdt_zijn_vorm_en_is_te_lezen(leerling, begin, eind):
    m = leerling(WOONPLAATS)
    m.kolom(f'{begin}{eind}  # van mij')
    m.flask('db', 'migrate', '-m', 'eigen')
    Volger(m).volg()
    assert re.sub(r'\s', '', begin) in re.sub(r'\s', '', m.lees())
    assert '# van mij' in m.lees()
    m.flask('shell', invoer='[c.eigen for c in db.session.scalars(db.select(Cursist))]\n')


# --- FLASK_APP, en de woorden van Windows -------------------------------------------------------


@pytest.mark.parametrize(
    ('gezet', 'woord'),
    [
        (None, 'niet gezet'),
        (f'{MODULE} ', 'een spatie'),
        (f'"{MODULE}"', 'aanhalingsteken'),
        ('app.py', '`app.py`'),
        ('BasicModelApp', None),
        (MODULE, None),
        (f'./{MODULE}', None),
        ('{map}/' + MODULE, None),
        ('{map}/../' + MODULE, 'wijst naar'),
        (f'{MODULE}:app', None),
        ('BasicModelApp:create_app', '`create_app`'),
        ("{map}/BasicModelApp:maak('les')", '`maak`'),
    ],
)
def test_flask_app_die_niet_goed_staat_is_een_opmerking(gezet, woord, monkeypatch):
    oordeel = Leerling(stand(WOONPLAATS)).oordeel()
    monkeypatch.delenv('FLASK_APP')
    if gezet:
        monkeypatch.setenv('FLASK_APP', gezet.replace('{map}', str(stand(WOONPLAATS))))
    tekst = flask_app_in_dit_venster(oordeel)
    assert (woord in tekst[0]) if woord else tekst is None
    # Doen wat er staat: de waarde na de laatste = is de waarde die de shell zet.
    for regel in letterlijk('\n'.join(tekst or ())):
        monkeypatch.setenv('FLASK_APP', regel.partition('=')[2].strip(' "'))
        assert flask_app_in_dit_venster(oordeel) is None


def test_een_spatie_voor_het_is_teken_van_flask_app_is_een_opmerking(monkeypatch):
    # Zo heet de variabele na `set FLASK_APP = BasicModelApp.py` in cmd.
    oordeel = Leerling(stand(WOONPLAATS)).oordeel()
    monkeypatch.setenv('FLASK_APP ', f' {MODULE}')
    assert flask_app_in_dit_venster(oordeel) is None
    monkeypatch.delenv('FLASK_APP')
    assert 'een spatie of' in flask_app_in_dit_venster(oordeel)[0]


def test_op_windows_staan_er_opdrachten_van_windows(monkeypatch):
    monkeypatch.setattr(daden, 'WINDOWS', True)
    assert (
        str(daden.Verwijder('migrations/versions/a b.py'))
        == '    del "migrations\\versions\\a b.py"'
    )
    assert str(daden.Kopieer(KOPIE, DATABASE)) == (
        f'In cmd:\n    copy /y {KOPIE} {DATABASE}\nIn PowerShell:\n    Copy-Item {KOPIE} {DATABASE}'
    )
    assert f'copy /y oud\\{DATABASE} {DATABASE}' in str(daden.Kopieer(f'oud/{DATABASE}', DATABASE))
    assert f"$env:FLASK_APP='{MODULE}'" in daden.zet_flask_app()


# --- De lijst met hints -------------------------------------------------------------------------


def test_elke_hint_en_opmerking_heeft_een_situatie():
    gezien = {
        naam for tekst in TEKSTEN.values() for naam in re.findall(r'[a-z]\w+', tekst.split(']')[0])
    }
    assert gezien == {f.__name__ for f in (*HINTS, *OPMERKINGEN)} - ELDERS_GETEST


def test_waarom_noemt_het_feit_de_hint_en_waar_haar_woorden_staan(leerling, capsys):
    m = leerling(WOONPLAATS)
    m.kolom('fruit = db.Column(db.Text)')
    waarom.main(m.map)
    uit = capsys.readouterr().out
    assert "kolom='fruit'" in uit.splitlines()[0]
    assert vertelling.wat_nu(m.oordeel()) in uit
    naam, bestand, regel = re.search(r'(\w+)  (controle/hints/\w+\.py):(\d+)', uit).groups()
    bron = (PROJECT / 'tests' / bestand).read_text(encoding='utf-8').splitlines()
    assert f'def {naam}(' in '\n'.join(bron[int(regel) - 1 : int(regel) + 3])
