"""`python tests/speel_les.py --terug N` zet de eigen map terug, en raakt niets kwijt."""

import errno
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from beweringen import inhoud, is_groen, zonder_toeval
from leerling import EERSTE, WOONPLAATS, ZONDER_VOORRECHTEN, Leerling
from processen import draai
from speel_les import PROJECT
from spelen.terug import ONDERDELEN, WERKMAP, halverwege, herstel, wissel
from standen import stand
from stappen import DATABASE, KOPIE, MODULE, TABEL
from storing import VERANDERT, Dood, ctrl_c, fout, speel, sterf, storing

# Zo zegt een mislukte opdracht wat er nu staat.
OUD = 'Er is niets veranderd.\n'
NIEUW = 'De nieuwe bestanden staan er al wel. Wat je had, staat in een map `oud`.\n'
HALF = 'Nog niet alles staat op zijn plaats: dat komt goed als je dit nog een keer typt.\n'

SLUIT = 'Sluit wat het open heeft, zoals\n`flask shell` en DB Browser, en typ dit nog een keer.\n'
VOL = 'De schijf is vol. Maak ruimte, en typ dit nog een keer.\n'

# Wat een afgebroken shell achterlaat, en wat een leerling nog meer heeft.
JOURNAL = f'{DATABASE}-journal'
VAN_HEM = (JOURNAL, 'mijn.py', KOPIE, '.git/config', '.venv/eigen.txt')

# Bij --terug 0 komt er alleen de module.
BEGIN = {MODULE: (PROJECT / MODULE).read_bytes()}


def in_het_echt(oefenmap: Path, *argumenten: str, manier: tuple = ()) -> tuple[int, str, str]:
    """De opdracht zoals je hem typt, in een andere map; geeft wat `speel` ook geeft."""
    script = oefenmap / 'tests' / 'speel_les.py'
    klaar = draai(*manier, script, *argumenten, waar=oefenmap.parent, apart=True)
    return klaar.returncode, klaar.stdout, klaar.stderr


def onderdelen(map_: Path) -> dict[str, bytes | None]:
    """De inhoud van een map, voor zover die bij een wissel meegaat."""
    return {n: t for n, t in inhoud(map_).items() if n.split('/')[0] in ONDERDELEN}


class Map:
    """Een oefenmap, en hoe zij was."""

    def __init__(self, map_: Path, nieuwe: dict[str, bytes | None] = BEGIN):
        self.map, self.nieuwe = map_, nieuwe
        self.oude, self.eigen = onderdelen(map_), self.het_andere()

    def kopie(self, doel: Path, nieuwe: dict[str, bytes | None] = BEGIN) -> 'Map':
        return Map(shutil.copytree(self.map, doel, ignore=shutil.ignore_patterns('tests')), nieuwe)

    def het_andere(self) -> dict[str, bytes | None]:
        """De inhoud zonder wat bij een wissel meegaat, en zonder oud, oud2 ... en de werkmap."""
        alles, mee = inhoud(self.map), onderdelen(self.map).keys()
        return {n: alles[n] for n in alles.keys() - mee if not n.startswith(('oud', WERKMAP))}

    def is_oud(self) -> bool:
        niets_weg = onderdelen(self.map) == self.oude and not (self.map / 'oud').exists()
        return niets_weg and self.het_andere() == self.eigen

    def is_nieuw(self) -> bool:
        """Het nieuwe staat er, het oude is bewaard, en verder is er niets anders."""
        oud = self.map / 'oud'
        vernieuwd = (
            onderdelen(self.map) == self.nieuwe and oud.exists() and inhoud(oud) == self.oude
        )
        return vernieuwd and self.het_andere() == self.eigen

    def sterft(self, keer: int, doe: Callable[..., object], *waarmee: Path) -> bool:
        """Of het bij de zoveelste verandering ophield; daarna verandert er ook niets meer."""
        with suppress(Dood), storing(sterf, keer, verder=True) as kwam:
            doe(self.map, *waarmee)
        # Wie niets zegt, heeft een map die in orde is.
        assert halverwege(self.map) or self.is_oud() or self.is_nieuw()
        return kwam()


@pytest.fixture
def bezig(leerling) -> Map:
    """De map van een leerling met eigen rijen en bestanden, en lastige tekens in de naam."""
    m = leerling(WOONPLAATS, 'map één #3 van 100%')
    m.sql(f"INSERT INTO {TABEL} (naam) VALUES ('Saar')")
    m.onderaan('# van mij')
    for naam in VAN_HEM:
        (m.map / naam).parent.mkdir(exist_ok=True)
        m.schrijf(f'# dit is {naam}', naam)
    return Map(m.map)


# --- Terug in de eigen map ----------------------------------------------------------------------


def test_terug_geeft_de_stand_van_de_les_en_bewaart_elke_byte(bezig):
    for nummer, oud, doe in ((WOONPLAATS, 'oud', in_het_echt), (0, 'oud2', speel)):
        had = onderdelen(bezig.map)
        status, gezegd, mis = doe(bezig.map, '--terug', str(nummer))
        assert (status, mis) == (0, '')
        assert gezegd.splitlines()[nummer:] == [
            f'Klaar: deze map is zoals na stap {nummer}.',
            f'Wat je had, met je eigen rijen, staat in `{oud}`.',
        ]
        assert inhoud(bezig.map / oud) == had
        assert not (bezig.map / WERKMAP).exists()
        if nummer:
            assert zonder_toeval(bezig.map) == zonder_toeval(stand(nummer))
            # Wat in `oud` staat, doet niet mee.
            is_groen(Leerling(bezig.map).controle('.'), nummer)
    assert bezig.is_nieuw()
    assert (bezig.map / 'oud' / JOURNAL).exists()


@pytest.mark.parametrize('weg', [[MODULE], ['migrations'], [DATABASE], ONDERDELEN])
def test_wat_er_niet_is_hoeft_ook_niet_bewaard(bezig, tmp_path, weg):
    for naam in weg:
        if (bezig.map / naam).exists():
            (bezig.map / naam).rename(tmp_path / naam)
    m = Map(bezig.map)
    assert speel(m.map, '--terug', '0')[0] == 0
    assert m.is_nieuw()


# --- De stroom valt uit -------------------------------------------------------------------------


def zet_klaar(m: Map) -> Path:
    return shutil.copytree(stand(EERSTE), m.map / WERKMAP / 'bouw')


@pytest.fixture
def wissels(bezig, tmp_path) -> Iterator[Map]:
    """Telkens een verse wissel die sterft bij de volgende verandering, tot hij een keer lukt."""

    def geef() -> Iterator[Map]:
        for keer in count(1):
            m = bezig.kopie(tmp_path / str(keer), onderdelen(stand(EERSTE)))
            stierf = m.sterft(keer, wissel, zet_klaar(m))
            yield m
            if not stierf:
                assert m.is_nieuw()
                # Drie oude onderdelen en een journal, drie nieuwe, en drie keer een map.
                assert keer > 10
                return

    return geef()


@pytest.mark.parametrize('leeft', [2, 1000])
def test_herstel_maakt_de_map_oud_of_nieuw_ook_als_het_zelf_steeds_sterft(wissels, leeft):
    uitkomsten = set()
    for m in wissels:
        was_halverwege, oud_is_bewaard = halverwege(m.map), not (m.map / WERKMAP / 'oud').exists()
        # Wat af is, blijft af.
        for _ in range(2):
            assert any(not m.sterft(leeft, herstel) for _ in range(100))
            assert not (m.map / WERKMAP).exists()
        uitkomsten.add((was_halverwege, m.is_nieuw()))
        if was_halverwege:
            assert m.is_nieuw() == oud_is_bewaard
    assert uitkomsten >= {(True, True), (True, False), (False, True), (False, False)}


def test_wie_halverwege_verder_werkt_raakt_ook_dat_niet_kwijt(wissels):
    for m in filter(lambda m: halverwege(m.map), wissels):
        gemaakt = {
            n: f'nieuw: {n}'.encode() for n in (MODULE, DATABASE) if not (m.map / n).exists()
        }
        for naam, tekst in gemaakt.items():
            (m.map / naam).write_bytes(tekst)
        herstel(m.map)
        bewaard = [onderdelen(map_) for map_ in (m.map, *m.map.glob('oud*'))]
        assert bewaard[0] in (m.oude, m.nieuwe)
        assert m.oude in bewaard
        for naam, tekst in gemaakt.items():
            assert any(map_.get(naam) == tekst for map_ in bewaard)


# Bij de zoveelste verandering van wissel(): de eerste twee zijn voor de mappen in .terug.
EERSTE_WEG, EERSTE_ERBIJ = 3, 8


@pytest.mark.parametrize(
    ('keer', 'afgemaakt'), [(EERSTE_WEG + 1, []), (EERSTE_ERBIJ + 1, ['oud2'])]
)
def test_de_volgende_terug_herstelt_eerst_wat_bleef_liggen(bezig, keer, afgemaakt):
    script, waar = Path(__file__).with_name('storing.py'), str(PROJECT / 'tests')
    # Hier is het proces echt dood.
    assert draai(script, str(keer), bezig.map, zet_klaar(bezig), PYTHONPATH=waar).returncode == 9
    assert halverwege(bezig.map)
    status, gezegd, mis = speel(bezig.map, '--terug', '0')
    assert (status, mis) == (0, '')
    assert bezig.is_nieuw()
    assert sorted(pad.name for pad in bezig.map.glob('oud*')) == ['oud', *afgemaakt]
    assert ('eerst afgemaakt' in gezegd) == bool(afgemaakt)
    for naam in afgemaakt:
        assert inhoud(bezig.map / naam) == onderdelen(stand(EERSTE))


# --- Een fout, of Ctrl-C ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('nummer', 'verder', 'woorden', 'uitkomsten'),
    [
        (errno.EACCES, False, SLUIT, {OUD, NIEUW}),
        (errno.EACCES, True, SLUIT, {OUD, HALF}),
        (errno.ENOSPC, False, VOL, {OUD, NIEUW}),
    ],
)
def test_een_fout_op_elke_plek_is_een_zin_en_de_map_blijft_heel(
    bezig, tmp_path, nummer, verder, woorden, uitkomsten
):
    gezien, gezegd = set(), ''
    for keer in count(1):
        m = bezig.kopie(tmp_path / str(keer))
        with storing(partial(fout, nummer), keer, ('open', *VERANDERT), verder) as kwam:
            status, _, mis = speel(m.map, '--terug', '0')
        gezegd += mis
        (uitkomst,) = [zin for zin in (OUD, NIEUW, HALF) if mis.endswith(zin)] or ['']
        assert status == bool(uitkomst)
        assert halverwege(m.map) == (uitkomst == HALF)
        if uitkomst == HALF:
            # Doen wat er staat.
            assert speel(m.map, '--terug', '0')[0] == 0
        assert m.is_oud() if uitkomst == OUD else m.is_nieuw()
        if not kwam():
            break
        gezien.add(uitkomst)
    # Alleen of de lege werkmap weg kan, doet er niet toe.
    assert gezien == uitkomsten | {''}
    assert woorden in gezegd


@contextmanager
def vastgehouden(map_: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Iets dat zich echt niet laat verplaatsen: wat, en waar Python dat aan merkt."""
    if sys.platform == 'win32':
        with closing(sqlite3.connect(map_ / DATABASE)) as verbinding:
            verbinding.execute(f'SELECT * FROM {TABEL}').fetchone()
            yield DATABASE, ()
    else:
        # Een open bestand mag hier weg; een map waarin je niet mag schrijven niet.
        (map_ / 'migrations').chmod(0o555)
        yield 'migrations', ('-c', ZONDER_VOORRECHTEN)
        (map_ / 'migrations').chmod(0o755)


def test_wat_vastzit_wordt_genoemd_en_daarna_lukt_het(bezig):
    voor = inhoud(bezig.map)
    with vastgehouden(bezig.map) as (naam, manier):
        status, _, mis = in_het_echt(bezig.map, '--terug', '0', manier=manier)
        assert status == 1
        assert mis == f'Ik kan `{naam}` niet verplaatsen. {SLUIT}{OUD}'
        assert inhoud(bezig.map) == voor
    assert speel(bezig.map, '--terug', '0')[0] == 0
    assert bezig.is_nieuw()


@pytest.mark.parametrize(
    ('doe', 'status', 'gezegd'),
    [(ctrl_c, 130, 'Afgebroken.\n'), (partial(fout, errno.ENOSPC), 1, VOL)],
)
def test_wat_er_tijdens_het_spelen_gebeurt_verandert_niets(bezig, doe, status, gezegd):
    voor = inhoud(bezig.map)
    with storing(doe, 1, ('sqlite3.connect',)):
        assert speel(bezig.map, '--terug', str(EERSTE))[::2] == (status, gezegd + OUD)
    assert inhoud(bezig.map) == voor


def test_ctrl_c_tijdens_het_verplaatsen_komt_te_laat(bezig):
    with storing(ctrl_c, EERSTE_WEG, ('os.rename',)) as kwam:
        assert speel(bezig.map, '--terug', '0')[::2] == (0, '')
    assert kwam()
    assert bezig.is_nieuw()
