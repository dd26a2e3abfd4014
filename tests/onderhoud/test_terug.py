"""`python tests/speel_les.py --terug N` zet de eigen map terug, en raakt niets kwijt."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import pytest
from beweringen import inhoud, is_groen, zonder_toeval
from leerling import EERSTE, WOONPLAATS, ZONDER_VOORRECHTEN, Leerling
from speel_les import PROJECT, omgeving
from spelen.terug import ONDERDELEN, WERKMAP, halverwege, herstel
from standen import stand
from stappen import DATABASE, KOPIE, LAATSTE, MODULE

# Zo zegt een mislukte opdracht wat er nu staat.
OUD = 'Er is niets veranderd.\n'
NIEUW = 'De nieuwe bestanden staan er al wel. Wat je had, staat in een map `oud`.\n'
HALF = 'Nog niet alles staat op zijn plaats: dat komt goed als je dit nog een keer typt.\n'


def draai(*delen: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess:
    """Draait Python, zoals in een terminal."""
    return subprocess.run(
        [sys.executable, *delen],
        cwd=cwd,
        env=omgeving(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding='utf-8',
        timeout=300,
    )


def terug(m: Leerling, *argumenten: str, cwd: Path | None = None) -> subprocess.CompletedProcess:
    return draai(m.map / 'tests' / 'speel_les.py', '--terug', *argumenten, cwd=cwd)


def onderdelen(map_: Path) -> dict[str, bytes | None]:
    """De inhoud van een map, voor zover die bij een wissel meegaat."""
    alles = inhoud(map_)
    return {naam: alles[naam] for naam in alles if naam.split('/')[0] in ONDERDELEN}


def het_andere(map_: Path) -> dict[str, bytes | None]:
    """De inhoud van een map, zonder wat bij een wissel meegaat en zonder oud, oud2 ..."""
    alles = inhoud(map_)
    return {
        naam: alles[naam]
        for naam in alles
        if naam.split('/')[0] not in ONDERDELEN and not naam.startswith('oud')
    }


@pytest.fixture
def bezig(leerling) -> Leerling:
    """Een leerling met eigen rijen en eigen bestanden, ook een journal van een afgebroken shell."""
    m = leerling(WOONPLAATS)
    m.sql("INSERT INTO cursisten (naam, woonplaats) VALUES ('Saar', 'Ede')")
    m.onderaan('# van mij')
    for naam in ('mijn.py', KOPIE, '.git/config', '.venv/eigen.txt', f'{DATABASE}-journal'):
        (m.map / naam).parent.mkdir(exist_ok=True)
        m.schrijf(f'# dit is {naam}', naam)
    return m


# --- Terug in de eigen map ----------------------------------------------------------------------


def test_terug_geeft_de_stand_van_de_les_en_bewaart_elke_byte(bezig, tmp_path):
    m, voor, eigen = bezig, onderdelen(bezig.map), het_andere(bezig.map)
    for nummer, oud in ((WOONPLAATS, 'oud'), (0, 'oud2')):
        had = onderdelen(m.map)
        klaar = terug(m, str(nummer), cwd=tmp_path)
        assert (klaar.returncode, klaar.stderr) == (0, ''), klaar
        assert klaar.stdout.splitlines()[nummer:] == [
            f'Klaar: deze map is zoals na stap {nummer}.',
            f'Wat je had, met je eigen rijen, staat in `{oud}`.',
        ]
        assert inhoud(m.map / oud) == had
        assert het_andere(m.map) == eigen
        if nummer:
            assert zonder_toeval(m.map) == zonder_toeval(stand(nummer))
            for opties in ((), ('.',)):
                is_groen(m.controle(*opties), nummer)
    assert onderdelen(m.map) == {MODULE: (PROJECT / MODULE).read_bytes()}
    assert inhoud(m.map / 'oud') == voor


@pytest.mark.parametrize('weg', [[MODULE], ['migrations'], [DATABASE], ONDERDELEN])
def test_wat_er_niet_is_hoeft_ook_niet_bewaard(bezig, weg):
    m = bezig
    for naam in weg:
        doel = m.map / naam
        if doel.is_dir():
            shutil.rmtree(doel)
        else:
            doel.unlink(missing_ok=True)
    had = onderdelen(m.map)
    assert terug(m, '0').returncode == 0
    assert inhoud(m.map / 'oud') == had
    assert list(onderdelen(m.map)) == [MODULE]


@pytest.mark.parametrize(
    ('argumenten', 'woorden'),
    [
        ([str(LAATSTE + 1)], f'getal van 0 tot en met {LAATSTE},'),
        (['-1'], f'getal van 0 tot en met {LAATSTE},'),
        (['drie'], f'getal van 0 tot en met {LAATSTE},'),
        ([], 'Gebruik: '),
        (['nieuw', '1'], 'Gebruik: '),
        (['1', '--tot', '1'], 'Gebruik: '),
    ],
)
def test_een_weigering_raakt_niets_aan(leerling, argumenten, woorden):
    m = leerling(0)
    voor = inhoud(m.map)
    klaar = terug(m, *argumenten)
    assert (klaar.returncode, klaar.stdout) == (2, '')
    assert woorden in klaar.stderr
    assert inhoud(m.map) == voor


# --- Het gaat mis -------------------------------------------------------------------------------

VERANDERT = 'os.mkdir os.rename os.rmdir os.remove'

# Doet iets als de code voor de zoveelste keer een bestand of map gaat veranderen.
STORING = """
import errno, os, runpy, signal, sys
from pathlib import Path

wat, gebeurtenissen, keer, tests, code = sys.argv[1:]
gebeurtenissen, keer = gebeurtenissen.split(), int(keer)


def haak(gebeurtenis, waarden):
    global keer
    lezen = gebeurtenis == 'open' and waarden[1] in (None, 'r', 'rb')
    if gebeurtenis not in gebeurtenissen or lezen:
        return
    keer -= 1
    if keer == 0 or (keer < 0 and 'en verder' in wat):
        if 'dood' in wat:
            os._exit(9)
        if 'ctrl-c' in wat:
            signal.raise_signal(signal.SIGINT)
            return
        nummer = errno.ENOSPC if 'vol' in wat else errno.EACCES
        raise OSError(nummer, os.strerror(nummer), str(waarden[0]))


sys.path.insert(0, tests)
sys.addaudithook(haak)
try:
    exec(code)
finally:
    if keer > 0:
        print('Er was geen storing.')
"""


def met_storing(
    wat: str, keer: int, code: str, tests: Path = PROJECT / 'tests', bij: str = VERANDERT
) -> subprocess.CompletedProcess:
    """Draait code waarin bij de zoveelste verandering iets gebeurt."""
    return draai('-c', STORING, wat, bij, str(keer), tests, code)


def terug_met_storing(
    wat: str, keer: int, m: Leerling, nummer: int = 0, bij: str = VERANDERT
) -> subprocess.CompletedProcess:
    """De echte opdracht, waarin bij de zoveelste verandering iets gebeurt."""
    script = str(m.map / 'tests' / 'speel_les.py')
    code = (
        f'sys.argv = [{script!r}, "--terug", "{nummer}"]\n'
        f'runpy.run_path({script!r}, run_name="__main__")'
    )
    return met_storing(wat, keer, code, m.map / 'tests', bij)


class Wissel:
    """Een map, en een nieuwe stand die daarvoor in de plaats moet komen."""

    def __init__(self, basis: Path, oud: Path, nieuw: Path):
        self.map, self.nieuw = basis / 'map', basis / 'map' / WERKMAP / 'bouw'
        shutil.copytree(oud, self.map, ignore=shutil.ignore_patterns('tests'))
        shutil.copytree(nieuw, self.nieuw, ignore=shutil.ignore_patterns('tests'))
        self.oude, self.nieuwe = onderdelen(self.map), onderdelen(self.nieuw)
        self.eigen = {n: t for n, t in het_andere(self.map).items() if not n.startswith(WERKMAP)}
        self.code = f'from spelen.terug import wissel; wissel(Path({str(self.map)!r}), '
        self.code += f'Path({str(self.nieuw)!r}))'
        self.herstelcode = f'from spelen.terug import herstel; herstel(Path({str(self.map)!r}))'

    def is_oud(self) -> bool:
        return onderdelen(self.map) == self.oude and not (self.map / 'oud').exists()

    def is_nieuw(self) -> bool:
        oud = self.map / 'oud'
        return onderdelen(self.map) == self.nieuwe and oud.exists() and inhoud(oud) == self.oude

    def is_af(self) -> bool:
        """Helemaal oud of helemaal nieuw, en verder niets anders dan het was."""
        return (self.is_oud() or self.is_nieuw()) and het_andere(self.map) == self.eigen


@pytest.fixture
def wissels(bezig, tmp_path):
    """Telkens een verse wissel die sterft bij de volgende verandering, tot hij een keer lukt."""

    def geef() -> Iterator[Wissel]:
        for keer in count(1):
            w = Wissel(tmp_path / str(keer), bezig.map, stand(EERSTE))
            klaar = met_storing('dood', keer, w.code)
            assert klaar.returncode in (0, 9), klaar.stderr
            # Wie niets zegt, heeft een map die in orde is.
            assert halverwege(w.map) or w.is_oud() or w.is_nieuw()
            yield w
            if klaar.returncode == 0:
                assert w.is_nieuw()
                # Drie oude onderdelen en een journal, drie nieuwe, en drie keer een map.
                assert keer > 10
                return

    return geef


def test_na_een_stroomstoring_maakt_herstel_de_map_oud_of_nieuw(wissels):
    uitkomsten = set()
    for w in wissels():
        herstel(w.map)
        assert w.is_af()
        uitkomsten.add(w.is_nieuw())
        herstel(w.map)
        assert w.is_af()
    assert uitkomsten == {True, False}


def test_ook_als_het_herstel_zelf_steeds_na_een_verandering_sterft(wissels):
    for w in filter(lambda w: halverwege(w.map), wissels()):
        oud_is_bewaard = not (w.map / WERKMAP / 'oud').exists()
        for _ in range(100):
            klaar = met_storing('dood', 2, w.herstelcode)
            assert halverwege(w.map) or w.is_oud() or w.is_nieuw()
            if klaar.returncode == 0:
                break
        assert w.is_af()
        assert w.is_nieuw() == oud_is_bewaard


def test_wie_halverwege_verder_werkt_raakt_ook_dat_niet_kwijt(wissels):
    for w in filter(lambda w: halverwege(w.map), wissels()):
        gemaakt = {}
        for naam in (MODULE, DATABASE):
            if not (w.map / naam).exists():
                gemaakt[naam] = f'nieuw: {naam}'.encode()
                (w.map / naam).write_bytes(gemaakt[naam])
        herstel(w.map)
        bewaard = [onderdelen(map_) for map_ in (w.map, *w.map.glob('oud*'))]
        assert onderdelen(w.map) in (w.oude, w.nieuwe)
        assert w.oude in bewaard
        for naam, tekst in gemaakt.items():
            assert any(map_.get(naam) == tekst for map_ in bewaard)


# Bij de zoveelste verandering van wissel(): de eerste twee zijn voor de mappen in .terug.
EERSTE_WEG, EERSTE_ERBIJ = 3, 8


@pytest.mark.parametrize('keer', [EERSTE_WEG + 1, EERSTE_ERBIJ + 1])
def test_de_volgende_terug_herstelt_eerst_wat_bleef_liggen(bezig, keer):
    m, had, eigen = bezig, onderdelen(bezig.map), het_andere(bezig.map)
    nieuw = m.map / WERKMAP / 'bouw'
    shutil.copytree(stand(EERSTE), nieuw)
    nieuwe = onderdelen(nieuw)
    code = f'from spelen.terug import wissel; wissel(Path({str(m.map)!r}), Path({str(nieuw)!r}))'
    assert met_storing('dood', keer, code).returncode == 9
    assert halverwege(m.map)
    klaar = terug(m, '0')
    assert (klaar.returncode, klaar.stderr) == (0, '')
    assert inhoud(m.map / 'oud') == had
    assert list(onderdelen(m.map)) == [MODULE]
    assert het_andere(m.map) == eigen
    afgemaakt = keer > EERSTE_ERBIJ
    assert ('eerst afgemaakt' in klaar.stdout) == afgemaakt
    assert (m.map / 'oud2').exists() == afgemaakt
    if afgemaakt:
        assert inhoud(m.map / 'oud2') == nieuwe


# --- Een fout, of Ctrl-C ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('wat', 'woorden', 'uitkomsten'),
    [
        ('dicht', 'Sluit wat het open heeft', {OUD, NIEUW}),
        ('dicht en verder', 'Sluit wat het open heeft', {OUD, HALF}),
        ('vol', 'De schijf is vol.', {OUD, NIEUW}),
    ],
)
def test_een_fout_op_elke_plek_is_een_zin_en_de_map_blijft_heel(
    bezig, tmp_path, wat, woorden, uitkomsten
):
    had, eigen = onderdelen(bezig.map), het_andere(bezig.map)
    gezien, gezegd = set(), ''
    for keer in count(1):
        m = Leerling(tmp_path / str(keer))
        shutil.copytree(bezig.map, m.map)
        klaar = terug_met_storing(wat, keer, m, bij=f'open {VERANDERT}')
        if klaar.returncode == 0:
            assert list(onderdelen(m.map)) == [MODULE]
            if 'Er was geen storing.' in klaar.stdout:
                break
            # Python zelf opent soms iets wat het ook zonder kan.
            continue
        assert klaar.returncode == 1, klaar.stderr
        assert 'Traceback' not in klaar.stderr
        gezegd += klaar.stderr
        (uitkomst,) = [zin for zin in (OUD, NIEUW, HALF) if klaar.stderr.endswith(zin)]
        gezien.add(uitkomst)
        if uitkomst == HALF:
            assert halverwege(m.map)
            # Doen wat er staat.
            assert terug(m, '0').returncode == 0
        assert halverwege(m.map) is False
        if uitkomst == OUD:
            assert onderdelen(m.map) == had
            assert not (m.map / 'oud').exists()
        else:
            assert list(onderdelen(m.map)) == [MODULE]
            assert inhoud(m.map / 'oud') == had
        naast = {n: t for n, t in het_andere(m.map).items() if not n.startswith(WERKMAP)}
        assert naast == eigen
    assert gezien == uitkomsten
    assert woorden in gezegd


@contextmanager
def vastgehouden(map_: Path) -> Iterator[tuple[str, list[str]]]:
    """Iets dat zich echt niet laat verplaatsen: wat, en waar Python dat aan merkt."""
    if sys.platform == 'win32':
        with closing(sqlite3.connect(map_ / DATABASE)) as verbinding:
            verbinding.execute('SELECT * FROM cursisten').fetchone()
            yield DATABASE, []
    else:
        # Een open bestand mag hier weg; een map waarin je niet mag schrijven niet.
        (map_ / 'migrations').chmod(0o555)
        yield 'migrations', ['-c', ZONDER_VOORRECHTEN]
        (map_ / 'migrations').chmod(0o755)


def test_wat_vastzit_wordt_genoemd_en_daarna_lukt_het(bezig):
    m = bezig
    script = m.map / 'tests' / 'speel_les.py'
    with vastgehouden(m.map) as (naam, manier):
        voor, had = inhoud(m.map), onderdelen(m.map)
        klaar = draai(*manier, script, '--terug', '0')
        assert klaar.returncode == 1
        assert f'Ik kan `{naam}` niet verplaatsen.' in klaar.stderr
        assert klaar.stderr.endswith(OUD)
        assert inhoud(m.map) == voor
    assert terug(m, '0').returncode == 0
    assert inhoud(m.map / 'oud') == had


def test_een_fout_in_de_les_verandert_niets(bezig):
    m = bezig
    m.vervang('`rm -r migrations`', '`wis migrations`', 'LEERLING.md')
    voor = inhoud(m.map)
    klaar = terug(m, str(EERSTE))
    assert klaar.returncode == 1
    assert klaar.stderr.startswith('Het lukte niet. LEERLING.md, regel ')
    assert klaar.stderr.endswith(OUD)
    assert inhoud(m.map) == voor


def test_ctrl_c_tijdens_het_spelen_verandert_niets(bezig):
    m, voor = bezig, inhoud(bezig.map)
    klaar = terug_met_storing('ctrl-c', 1, m, EERSTE, 'subprocess.Popen')
    assert klaar.returncode == 130
    assert klaar.stderr == f'Afgebroken.\n{OUD}'
    assert inhoud(m.map) == voor


def test_ctrl_c_tijdens_het_verplaatsen_komt_te_laat(bezig):
    m, had = bezig, onderdelen(bezig.map)
    klaar = terug_met_storing('ctrl-c', EERSTE_WEG, m, bij='os.rename')
    assert (klaar.returncode, klaar.stderr) == (0, '')
    assert inhoud(m.map / 'oud') == had
    assert list(onderdelen(m.map)) == [MODULE]
