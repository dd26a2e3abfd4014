"""Inleveringen zoals ze komen: ZIPs, de namen van leeromgevingen, en ZIPs die kwaad willen."""

import io
import shutil
import stat
import time
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from beweringen import inhoud
from docent import uitpakken
from docent.inlevering import Inlevering, _lees_tijd, zoek_inleveringen
from docent.rij import lees
from leerling import NIVEAU, WOONPLAATS
from standen import stand
from stappen import MODULE

OP_TIJD, EERDER = datetime(2026, 11, 12, 10, 15), datetime(2026, 11, 10, 9, 5)


def pak_in(map_: Path, boven: str = '') -> bytes:
    """Een ZIP met wat er in een map staat, in een map `boven` als die een naam heeft."""
    met = io.BytesIO()
    with zipfile.ZipFile(met, 'w', zipfile.ZIP_DEFLATED) as zip_:
        for naam, tekst in inhoud(map_).items():
            if tekst is not None:
                zip_.writestr(f'{boven}{naam}', tekst)
    return met.getvalue()


def maak(map_: Path, bestanden: dict[str, bytes | str | Path]) -> Path:
    """Zet elk bestand in een map; een pad is een map om te kopiëren."""
    for naam, wat in bestanden.items():
        pad = map_ / naam
        pad.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(wat, Path):
            shutil.copytree(wat, pad)
        else:
            pad.write_bytes(wat.encode() if isinstance(wat, str) else wat)
    return map_


def zoek(plaats: Path, werkmap: Path) -> dict[str, Inlevering]:
    """Elke inlevering bij haar naam."""
    werkmap.mkdir(exist_ok=True)
    gevonden = zoek_inleveringen([plaats], werkmap)
    assert len({inlevering.naam for inlevering in gevonden}) == len(gevonden)
    return {inlevering.naam: inlevering for inlevering in gevonden}


@pytest.fixture(scope='module')
def ingepakt() -> bytes:
    return pak_in(stand(NIVEAU), 'oefening/')


# --- De namen van leeromgevingen ------------------------------------------------------------------


def brightspace(map_: Path, ingepakt: bytes) -> Path:
    return maak(
        map_,
        {
            '123456-654321 - Bram - 10 nov 2026 9.05/oud.zip': b'',
            '123456-654321 - Bram - 12 nov 2026 10.15/oefening.zip': ingepakt,
            '123457-654321 - Anne - Marie - 12 november 2026 1015/oefening': stand(NIVEAU),
            '123458-654321 - Noor - 12 nov 2026 10.15/oefening.7z': b'7z',
            'index.html': '<html>',
        },
    )


def blackboard(map_: Path, ingepakt: bytes) -> Path:
    poging, eerder = (f'poging_2026-11-{tijd}-00' for tijd in ('12-10-15', '10-09-05'))
    return maak(
        map_,
        {
            f'Opdracht_s1234567_{eerder}.txt': 'Naam: Bram (s1234567)\n',
            f'Opdracht_s1234567_{eerder}_oefening.zip': b'',
            f'Opdracht_s1234567_{poging}.txt': 'Naam: Bram (s1234567)\nOpdracht: migraties\n',
            f'Opdracht_s1234567_{poging}_oefening.zip': ingepakt,
            # De docent pakte er een uit.
            f'Opdracht_s1234567_{poging}_oefening/oefening': stand(NIVEAU),
            f'Opdracht_s7654321_{poging}_oefening.zip': ingepakt,
            f'Opdracht_s1111111_{poging}.txt': 'Naam: Noor (s1111111)\n',
        },
    )


def moodle(map_: Path, ingepakt: bytes) -> Path:
    return maak(
        map_,
        {
            'Bram de Vries_123456_assignsubmission_file_/oefening.zip': ingepakt,
            'Bram de Vries_123456_assignsubmission_onlinetext_/onlinetext.html': 'Af!',
            'Elsje_123457_assignsubmission_file_oefening.zip': ingepakt,
            'Elsje_123457_assignsubmission_onlinetext.html': 'Af!',
        },
    )


def classroom(map_: Path, ingepakt: bytes) -> Path:
    return maak(map_, dict.fromkeys(('migraties-bram', 'migraties-jan-joost'), stand(NIVEAU)))


# Per leeromgeving: van elke leerling het nummer, de tijd en wat eraan opvalt.
LATER = 'leverde 2 keer in: dit is de laatste'
OMGEVINGEN = {
    brightspace: {
        'Bram': ('123456', OP_TIJD, [LATER, 'de oefenmap is `oefening.zip/oefening`']),
        'Anne - Marie': ('123457', OP_TIJD, ['de oefenmap is `oefening`']),
        'Noor': ('123458', OP_TIJD, ['pak eerst `oefening.7z` uit']),
    },
    blackboard: {
        'Bram': ('s1234567', OP_TIJD, [LATER, 'de oefenmap is `oefening`']),
        's7654321': ('s7654321', OP_TIJD, ['de oefenmap is `oefening`']),
        'Noor': ('s1111111', OP_TIJD, ['is alleen een tekst']),
    },
    moodle: {
        'Bram de Vries': ('123456', None, ['de oefenmap is `oefening.zip/oefening`']),
        'Elsje': ('123457', None, ['de oefenmap is `oefening`']),
    },
    classroom: {'bram': ('', None, []), 'jan-joost': ('', None, [])},
}


@pytest.mark.parametrize('omgeving', OMGEVINGEN, ids=lambda omgeving: omgeving.__name__)
@pytest.mark.parametrize('hoe', ['map', 'zip', 'map in zip'])
def test_elke_leeromgeving_geeft_schone_namen_en_een_rij_per_leerling(
    omgeving, hoe, ingepakt, tmp_path
):
    klas = omgeving(tmp_path / 'klas', ingepakt)
    maak(klas, {'__MACOSX/klas/._Bram': b'', '.DS_Store': b''})
    verwacht = OMGEVINGEN[omgeving]
    if hoe == 'map in zip' and len(verwacht) < 3:
        # Twee mappen in een map kunnen ook van een leerling zijn.
        maak(
            klas,
            {
                'Joyce_9_assignsubmission_file_a.zip': b'',
                'Joyce_8_assignsubmission_file_a.zip': b'',
            },
        )
    if hoe != 'map':
        boven = 'Opdracht 1/' if hoe == 'map in zip' else ''
        klas = maak(tmp_path, {'export.zip': pak_in(klas, boven)}) / 'export.zip'
    gevonden = zoek(klas, tmp_path / 'werk')
    gezien = {n: (i.wie.nummer, i.wie.tijd, i.opvalt) for n, i in gevonden.items()}
    assert {n: gezien[n] for n in verwacht} == verwacht
    assert not [n for n in gezien.keys() - verwacht.keys() if 'Joyce' not in n]
    # Wat gevonden is, leest de controle zoals een gewone map.
    stappen = {n: lees(i).stap for n, i in gevonden.items() if i.map}
    assert set(stappen.values()) == {NIVEAU}
    assert not list(tmp_path.glob('werk/*.zip'))


def test_een_tijd_die_geen_tijd_is_is_er_niet():
    teksten = {
        '2 mrt. 2026 9:05': datetime(2026, 3, 2, 9, 5),
        '31 Maart 2026 1230': datetime(2026, 3, 31, 12, 30),
    }
    geen = ('', '31 feb 2026 10.15', '12 nov 2026', 'nov', '2026-13-12-10-15-00', '9' * 5000)
    assert {t: _lees_tijd(t) for t in (*teksten, *geen)} == teksten | dict.fromkeys(geen)


def test_een_bestandsnaam_maakt_een_leerling_niet_tot_een_ander(ingepakt, tmp_path):
    poging, later = 'poging_2026-11-12-10-15-00', 'poging_2027-01-01-00-00-00'
    maak(
        tmp_path / 'klas',
        {
            f'Opdracht_s1_{poging}_o_s2_{later}_o.zip': ingepakt,
            f'Opdracht_s2_{poging}_o.zip': ingepakt,
            'Bram_5_assignsubmission_file_o.zip': ingepakt,
            'Bram_3_assignsubmission_file_Elsje_4_assignsubmission_file_o.zip': ingepakt,
        },
    )
    # Zijn er twee met een naam, dan staat het nummer erbij.
    assert zoek(tmp_path / 'klas', tmp_path / 'werk').keys() == {'Bram (3)', 'Bram (5)', 's1', 's2'}


def test_een_map_of_zip_van_een_leerling_mag_ook(ingepakt, tmp_path):
    maak(tmp_path, {'bram.zip': pak_in(stand(NIVEAU)), 'klas/elsje/oefening (1).zip': ingepakt})
    (bram,) = zoek(tmp_path / 'bram.zip', tmp_path / 'werk').values()
    assert (bram.naam, lees(bram).stap) == ('bram', NIVEAU)
    (elsje,) = zoek(tmp_path / 'klas', tmp_path / 'werk').values()
    assert (elsje.naam, lees(elsje).stap) == ('elsje', NIVEAU)
    # Twee klassen in een map zijn twee klassen, elk met een Noor en een Zoe.
    namen = [f'school/{klas}/{naam}.zip' for klas in 'ab' for naam in ('noor', 'zoe', klas * 3)]
    maak(tmp_path, dict.fromkeys(namen, ingepakt))
    gevonden = zoek(tmp_path / 'school', tmp_path / 'werk')
    lang = [(tmp_path / naam).as_posix() for naam in namen]
    assert sorted(gevonden) == sorted(
        ['aaa', 'bbb', *(n for n in lang if 'noor' in n or 'zoe' in n)]
    )


# --- Wat kwaad wil --------------------------------------------------------------------------------


def zip_met(*leden: tuple[str | zipfile.ZipInfo, bytes], hoe: int = zipfile.ZIP_DEFLATED) -> bytes:
    met = io.BytesIO()
    with zipfile.ZipFile(met, 'w', hoe) as zip_:
        for naam, tekst in leden:
            zip_.writestr(naam, tekst)
    return met.getvalue()


def link(naam: str) -> zipfile.ZipInfo:
    lid = zipfile.ZipInfo(naam)
    lid.create_system, lid.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return lid


def lijkt_lang(ingepakt: bytes) -> bytes:
    """Een ZIP die zegt dat zijn lijst van bestanden drie gigabyte is."""
    voor, kop, einde = ingepakt.rpartition(b'PK\5\6')
    return voor + kop + einde[:8] + (3 * 10**9).to_bytes(4, 'little') + einde[12:]


def met_wachtwoord(ingepakt: bytes) -> bytes:
    """Een ZIP waarin bij elk bestand staat dat er een wachtwoord op zit."""
    stuk = bytearray(ingepakt)
    for kop, plek in ((b'PK\3\4', 6), (b'PK\1\2', 8)):
        begin = -1
        while (begin := stuk.find(kop, begin + 1)) >= 0:
            stuk[begin + plek] |= 1
    return bytes(stuk)


def nullen(aantal: int, naam: str = 'migrations/versions/{}.py') -> bytes:
    """Bestanden met nullen, elk net niet te groot: klein ingepakt, en samen heel veel."""
    return zip_met(*((naam.format(n), bytes(uitpakken.GROOTSTE_BESTAND)) for n in range(aantal)))


def zip_in_zip(diepte: int) -> bytes:
    binnen = nullen(2, '{}.py')
    for _ in range(diepte):
        binnen = zip_met(*((f'{n}.zip', binnen) for n in range(6)))
    return binnen


def veel_mappen() -> bytes:
    return zip_met(*((f'{n}/{MODULE}', b'') for n in range(50)))


MODULE_ERBIJ = (MODULE, b'x = 1\n')
KWAAD = {
    'bom': (nullen(15), 'is te groot om uit te pakken'),
    'bommen': (zip_in_zip(1), 'is te groot om uit te pakken'),
    'dieper': (zip_in_zip(2), '.zip` is niet uit te pakken'),
    'veel': (zip_met(*((f'{n}.py', b'') for n in range(20_000))), 'is te groot om uit te pakken'),
    'omhoog': (
        zip_met(('../../weg.py', b''), MODULE_ERBIJ),
        '`../../weg.py` is niet uit te pakken',
    ),
    'wortel': (zip_met(('/tmp/weg.py', b''), MODULE_ERBIJ), '`/tmp/weg.py` is niet uit te pakken'),
    'windows': (zip_met(('..\\weg.py', b''), MODULE_ERBIJ), '`..\\weg.py` is niet uit te pakken'),
    'schijf': (zip_met(('C:\\weg.py', b''), MODULE_ERBIJ), ''),
    'link': (zip_met((link('data.sqlite'), b'/etc/passwd'), MODULE_ERBIJ), ''),
    'via_link': (zip_met((link('uit'), b'/tmp'), ('uit/weg.py', b''), MODULE_ERBIJ), ''),
    'lang': (
        zip_met(('x' * 300 + '.py', b''), MODULE_ERBIJ),
        f'`{"x" * 80}` is niet uit te pakken',
    ),
    'diep': (zip_met(('a/' * 1500 + 'x.py', b''), MODULE_ERBIJ), 'is niet uit te pakken'),
    'lijst': (lijkt_lang(zip_met(MODULE_ERBIJ)), 'is te groot om uit te pakken'),
    'geheugen': (zip_met(MODULE_ERBIJ, hoe=zipfile.ZIP_LZMA), 'is niet uit te pakken'),
    'geheim': (met_wachtwoord(zip_met(MODULE_ERBIJ)), f'`{MODULE}` is niet uit te pakken'),
    'half': (zip_met(MODULE_ERBIJ)[:40], 'is geen goede ZIP'),
    'tekst': (b'dit is geen zip', 'is geen goede ZIP'),
    'groot': (zip_met(('data.sqlite', bytes(uitpakken.GROOTSTE_BESTAND + 1)), MODULE_ERBIJ), ''),
}


def test_een_zip_die_kwaad_wil_kost_een_rij_en_niets_buiten_de_werkmap(ingepakt, tmp_path):
    klas = maak(tmp_path / 'klas', {f'{naam}.zip': tekst for naam, (tekst, _) in KWAAD.items()})
    maak(klas, {'Joyce.zip': ingepakt})
    maak(tmp_path, {'export.zip': pak_in(klas)})
    voor, buiten = inhoud(klas), sorted(Path('/tmp').glob('weg*'))
    for plaats in (klas, tmp_path / 'export.zip'):
        werkmap = tmp_path / f'werk {plaats.name}'
        begin = time.monotonic()
        gevonden = zoek(plaats, werkmap)
        assert time.monotonic() - begin < 60
        assert gevonden.keys() == KWAAD.keys() | {'Joyce'}
        mis = [n for n, (_, zin) in KWAAD.items() if zin not in ' '.join(gevonden[n].opvalt)]
        assert mis == []
        assert lees(gevonden['Joyce']).stap == NIVEAU
        assert '`data.sqlite` is te groot om te lezen' in lees(gevonden['groot']).opvalt
        assert not gevonden['link'].map.joinpath('data.sqlite').exists()
        # Wat een kwade ZIP hoogstens kost, en niets daarvan staat ergens anders.
        grootte = sum(p.stat().st_size for p in werkmap.rglob('*') if p.is_file())
        assert grootte < 4 * uitpakken.RUIMTE
        assert not [pad for pad in werkmap.rglob('*') if pad.is_symlink()]
    assert inhoud(klas) == voor
    assert sorted(Path('/tmp').glob('weg*')) == buiten
    assert not [pad for pad in tmp_path.rglob('weg.py') if 'werk' not in str(pad)]


def test_alle_samen_krijgen_niet_meer_dan_een_schijf_aankan(monkeypatch, ingepakt, tmp_path):
    monkeypatch.setattr(uitpakken, 'ALLE_RUIMTE', 300_000)
    klas = maak(tmp_path / 'klas', {f'{n}.zip': ingepakt for n in range(9)})
    opvalt = [i.opvalt[0] for i in zoek(klas, tmp_path / 'werk').values()]
    assert opvalt[0] == 'de oefenmap is `oefening`'
    assert opvalt[-1] == 'is te groot om uit te pakken'


def test_pakketten_en_verborgen_mappen_gaan_niet_mee(tmp_path):
    werk = maak(
        tmp_path / 'bram',
        {
            'oefening': stand(WOONPLAATS),
            'oefening/omgeving/pyvenv.cfg': b'',
            'oefening/omgeving/lib/flask.py': b'',
            'oefening/.git/config': b'',
            'oefening/tests/test_stappen.py': b'',
        },
    )
    maak(tmp_path, {'bram.zip': pak_in(werk)})
    (bram,) = zoek(tmp_path / 'bram.zip', tmp_path / 'werk').values()
    assert {'omgeving', '.git', 'tests'}.isdisjoint(pad.name for pad in bram.map.iterdir())
    assert inhoud(bram.map).keys() >= {MODULE, 'data.sqlite', 'migrations/env.py'}
