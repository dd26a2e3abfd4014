"""`python tests/speel_les.py --terug N` zet de eigen map terug, en raakt niets kwijt."""

import errno
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from beweringen import inhoud, is_groen, zonder_toeval
from controle.hints.doen import weg_terug
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
    """Een oefenmap, hoe zij was, en hoe zij na een wissel hoort te zijn."""

    def __init__(self, map_: Path, nieuwe: dict[str, bytes | None] = BEGIN):
        self.map, self.was, self.oude = map_, inhoud(map_), onderdelen(map_)
        eigen = {n: t for n, t in self.was.items() if n not in self.oude}
        bewaard = {'oud': None} | {f'oud/{n}': t for n, t in self.oude.items()}
        self.wordt = eigen | nieuwe | bewaard

    def kopie(self, doel: Path, nieuwe: dict[str, bytes | None] = BEGIN) -> 'Map':
        return Map(shutil.copytree(self.map, doel, ignore=shutil.ignore_patterns('tests')), nieuwe)

    def is_nu(self) -> dict[str, bytes | None]:
        """De inhoud, zonder de werkmap en wat een volgende wissel bewaart."""
        return {n: t for n, t in inhoud(self.map).items() if not n.startswith((WERKMAP, 'oud2'))}

    def sterft(self, keer: int, doe: Callable[..., object], *waarmee: Path) -> bool:
        """Of het bij de zoveelste verandering ophield; daarna verandert er ook niets meer."""
        with suppress(Dood), storing(sterf, keer, verder=True) as kwam:
            doe(self.map, *waarmee)
        # Wie niets zegt, heeft een map die in orde is.
        assert halverwege(self.map) or self.is_nu() in (self.was, self.wordt)
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
    assert bezig.is_nu() == bezig.wordt
    assert (bezig.map / 'oud' / JOURNAL).exists()
    # Wat er niet is, hoeft ook niet bewaard.
    (bezig.map / MODULE).unlink()
    assert speel(bezig.map, '--terug', '0')[0] == 0
    assert (onderdelen(bezig.map), inhoud(bezig.map / 'oud3')) == (BEGIN, {})


# --- De stroom valt uit -------------------------------------------------------------------------


def wissels(bezig: Map, tmp_path: Path) -> Iterator[Map]:
    """Telkens een verse wissel die sterft bij de volgende verandering, tot hij een keer lukt."""
    for keer in count(1):
        m = bezig.kopie(tmp_path / str(keer), onderdelen(stand(EERSTE)))
        stierf = m.sterft(keer, wissel, shutil.copytree(stand(EERSTE), m.map / WERKMAP / 'bouw'))
        yield m
        if not stierf:
            # Drie oude onderdelen en een journal, drie nieuwe, en drie keer een map.
            assert keer > 10
            return


def test_herstel_maakt_de_map_oud_of_nieuw_ook_als_het_zelf_steeds_sterft(bezig, tmp_path):
    uitkomsten = set()
    for m in wissels(bezig, tmp_path):
        was_halverwege, oud_is_bewaard = halverwege(m.map), not (m.map / WERKMAP / 'oud').exists()
        # Wat af is, blijft af.
        for _ in range(2):
            assert any(not m.sterft(2, herstel) for _ in range(100))
            assert not (m.map / WERKMAP).exists()
        is_nieuw = m.is_nu() == m.wordt
        uitkomsten.add((was_halverwege, is_nieuw))
        assert not was_halverwege or is_nieuw == oud_is_bewaard
    assert is_nieuw
    assert len(uitkomsten) == 4


def test_wie_halverwege_verder_werkt_raakt_ook_dat_niet_kwijt(bezig, tmp_path):
    for m in wissels(bezig, tmp_path):
        if halverwege(m.map):
            weg = [naam for naam in (MODULE, DATABASE) if not (m.map / naam).exists()]
            for naam in weg:
                m.map.joinpath(naam).write_text(f'nieuw: {naam}', encoding='utf-8')
            herstel(m.map)
            nu, *bewaard = [onderdelen(map_) for map_ in (m.map, *m.map.glob('oud*'))]
            assert nu == m.oude or (nu == onderdelen(stand(EERSTE)) and m.oude in bewaard)
            for naam in weg:
                assert f'nieuw: {naam}'.encode() in [map_.get(naam) for map_ in bewaard]


# --- Een fout, of Ctrl-C ------------------------------------------------------------------------


# De fout, of hij blijft komen, en wat de leerling dan leest.
FOUTEN = (errno.EACCES, False, SLUIT), (errno.EACCES, True, SLUIT), (errno.ENOSPC, False, VOL)


@pytest.mark.parametrize(('nummer', 'verder', 'woorden'), FOUTEN)
def test_elke_fout_is_een_zin_en_de_map_blijft_heel(bezig, tmp_path, nummer, verder, woorden):
    gezien, gezegd = set(), ''
    for keer in count(1):
        m = bezig.kopie(tmp_path / str(keer))
        with storing(partial(fout, nummer), keer, ('open', *VERANDERT), verder) as kwam:
            status, _, mis = speel(m.map, '--terug', '0')
        gezegd += mis
        (uitkomst,) = [zin for zin in (OUD, NIEUW, HALF) if mis.endswith(zin)] or ['']
        assert (status, halverwege(m.map)) == (bool(uitkomst), uitkomst == HALF)
        if uitkomst == HALF:
            # Doen wat er staat: dan komt alles terug, of wordt eerst het nieuwe afgemaakt.
            status, zegt, _ = speel(m.map, '--terug', '0')
            nieuwe = inhoud(m.map / 'oud2')
            assert (status, 'eerst afgemaakt' in zegt) == (0, nieuwe == BEGIN)
            uitkomst += 'afgemaakt' if nieuwe else 'teruggezet'
        assert m.is_nu() == (m.was if uitkomst == OUD else m.wordt)
        gezien.add(uitkomst)
        if not kwam():
            break
    # Zonder zin is het gelukt: het is het einde, of alleen de lege werkmap kan niet weg.
    half = {f'{HALF}teruggezet', f'{HALF}afgemaakt'}
    assert gezien == {'', OUD} | (half if verder else {NIEUW})
    assert woorden in gezegd


def test_wat_vastzit_wordt_genoemd_en_daarna_lukt_het(bezig):
    # Windows verplaatst geen open bestand, een ander systeem geen map waarin je niet mag schrijven.
    anders = ('migrations', ('-c', ZONDER_VOORRECHTEN))
    naam, manier = (DATABASE, ()) if sys.platform == 'win32' else anders
    with bezig.map.joinpath(DATABASE).open('rb'):
        (bezig.map / 'migrations').chmod(0o555)
        status, _, mis = in_het_echt(bezig.map, '--terug', '0', manier=manier)
    assert (status, mis) == (1, f'Ik kan `{naam}` niet verplaatsen. {SLUIT}{OUD}')
    assert inhoud(bezig.map) == bezig.was
    (bezig.map / 'migrations').chmod(0o755)
    assert speel(bezig.map, '--terug', '0')[0] == 0
    assert bezig.is_nu() == bezig.wordt


def test_wat_er_tijdens_het_spelen_gebeurt_verandert_niets_en_ctrl_c_erna_komt_te_laat(bezig):
    for doe, *zegt in (
        (ctrl_c, 130, f'Afgebroken.\n{OUD}'),
        (partial(fout, errno.ENOSPC), 1, VOL + OUD),
    ):
        with storing(doe, 1, ('sqlite3.connect',)):
            assert [*speel(bezig.map, '--terug', str(EERSTE))[::2]] == zegt
        assert inhoud(bezig.map) == bezig.was
    with storing(ctrl_c, 3, ('os.rename',)) as kwam:
        assert speel(bezig.map, '--terug', '0')[::2] == (0, '')
    assert kwam()
    assert bezig.is_nu() == bezig.wordt


def test_een_hint_noemt_de_map_waar_het_oude_heen_gaat(leerling, tmp_path):
    m = leerling(WOONPLAATS)
    for naam in ('oud', 'oud2', 'oud3'):
        assert weg_terug(m.oordeel()).bewaard == naam
        assert f'in de map `{naam}`' in str(weg_terug(m.oordeel()))
        assert wissel(m.map, shutil.copytree(stand(WOONPLAATS), tmp_path / naam)).name == naam
