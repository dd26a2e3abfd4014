"""LEERLING.md wordt gespeeld: wat er staat, gebeurt ook, en de controle geeft elke stap gelijk."""

import re
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

import pytest
import sqlalchemy as sa
from speel_les import PROJECT, SYSTEMEN, Hoofdstuk, LesFout, Speler, lees_les, rijcellen
from stappen import STAPPEN, VRIJ, Kolom, kolommen_na

TEKST = (PROJECT / 'LEERLING.md').read_text(encoding='utf-8')
LES = lees_les(TEKST)
ALLE_STAPPEN = range(1, len(STAPPEN) + 1)

KOLOMMENTABEL = ['kolom', 'type', 'verplicht', 'standaard', 'bijzonder']
ONDERDELEN = {
    'Wat je leert',
    'Wat je doet',
    'Wat je ziet',
    'Wat er misgaat',
    'Controle',
    'Vraag',
}


def schema(map_: Path) -> dict[str, list[Kolom]]:
    """De tabellen zoals data.sqlite ze echt heeft, zonder die van Alembic."""
    motor = sa.create_engine(sa.URL.create('sqlite', database=str(map_ / 'data.sqlite')))
    inspecteur = sa.inspect(motor)
    tabellen = {}
    for tabel in sorted(set(inspecteur.get_table_names()) - {'alembic_version'}):
        indexen = inspecteur.get_indexes(tabel)
        uniek = [c['column_names'] for c in inspecteur.get_unique_constraints(tabel)]
        uniek += [index['column_names'] for index in indexen if index['unique']]
        verwijst = {
            sleutel['constrained_columns'][0]: sleutel
            for sleutel in inspecteur.get_foreign_keys(tabel)
        }
        tabellen[tabel] = [
            Kolom(
                tabel,
                kolom['name'],
                str(kolom['type']),
                null=kolom['nullable'],
                standaard=kolom['default'],
                uniek=[kolom['name']] in uniek,
                index=any(index['column_names'] == [kolom['name']] for index in indexen),
                sleutel=bool(kolom['primary_key']),
                verwijst_naar='{referred_table}.{referred_columns[0]}'.format(
                    **verwijst[kolom['name']]
                )
                if kolom['name'] in verwijst
                else None,
            )
            for kolom in inspecteur.get_columns(tabel)
        ]
    motor.dispose()
    return tabellen


def rijen(map_: Path) -> list[dict]:
    motor = sa.create_engine(sa.URL.create('sqlite', database=str(map_ / 'data.sqlite')))
    with motor.connect() as verbinding:
        uitkomst = verbinding.execute(sa.text('SELECT * FROM cursisten ORDER BY id'))
        gevonden = [dict(rij) for rij in uitkomst.mappings()]
    motor.dispose()
    return gevonden


def tabelrij(kolom: Kolom) -> list[str]:
    """De rij die in LEERLING.md bij een kolom hoort."""
    bijzonder = [
        *(['primary key'] if kolom.sleutel else []),
        *(['uniek'] if kolom.uniek else []),
        *(['index'] if kolom.index else []),
        *([f'verwijst naar `{kolom.verwijst_naar}`'] if kolom.verwijst_naar else []),
    ]
    return [
        f'`{kolom.naam}`',
        f'`{kolom.type}`',
        'nee' if kolom.null else 'ja',
        f'`{kolom.standaard}`' if kolom.standaard else '',
        ', '.join(bijzonder),
    ]


def diagramregels(tabellen: dict[str, list[Kolom]]) -> list[str]:
    """Het erDiagram dat bij de tabellen hoort: eerst de verwijzingen, dan de tabellen."""
    regels = ['erDiagram']
    for tabel, kolommen in tabellen.items():
        for kolom in kolommen:
            if kolom.verwijst_naar:
                doel = kolom.verwijst_naar.partition('.')[0]
                begin = '|o' if kolom.null else '||'
                regels.append(f'    {doel} {begin}--o{{ {tabel} : "{kolom.naam}"')
    for tabel, kolommen in tabellen.items():
        regels.append(f'    {tabel} {{')
        for kolom in kolommen:
            tekens = {'PK': kolom.sleutel, 'FK': kolom.verwijst_naar, 'UK': kolom.uniek}
            staart = ''.join(f' {teken}' for teken, waar in tekens.items() if waar)
            regels.append(f'        {kolom.type} {kolom.naam}{staart}')
        regels.append('    }')
    return regels


def tabelfout(hoofdstuk: Hoofdstuk, tabellen: dict[str, list[Kolom]]) -> LesFout | None:
    """De eerste rij van een kolommentabel die anders is dan de database, of None."""
    getoond = [
        blok
        for blok in hoofdstuk.blokken
        if blok.soort == 'tabel' and rijcellen(blok.regels[0][1]) == KOLOMMENTABEL
    ]
    for tabel, blok in zip_longest(tabellen, getoond):
        if not (tabel and blok):
            regel = blok.regels[0][0] if blok else hoofdstuk.regels[0][0]
            return LesFout(regel, f'er horen tabellen te staan voor {", ".join(tabellen)}.')
        verwacht = [tabelrij(kolom) for kolom in tabellen[tabel]]
        for rij, (nummer, cellen) in zip_longest(
            verwacht, blok.cellen(), fillvalue=(blok.regels[-1][0], None)
        ):
            if rij != cellen:
                return LesFout(nummer, f'de database heeft hier {rij}, de tekst {cellen}.')
        aankondiging = next(
            regel
            for nummer, regel in reversed(hoofdstuk.regels)
            if nummer < blok.regels[0][0] and 'tabel' in regel
        )
        if f'`{tabel}`' not in aankondiging:
            return LesFout(blok.regels[0][0], f'boven deze tabel hoort `{tabel}` te staan.')
    return None


def diagramfout(hoofdstuk: Hoofdstuk, tabellen: dict[str, list[Kolom]]) -> LesFout | None:
    """De eerste regel van het erDiagram die anders is dan de database, of None."""
    for blok in hoofdstuk.blokken:
        if blok.soort == 'mermaid':
            laatste = (blok.regels[-1][0], None)
            for verwacht, regel in zip_longest(diagramregels(tabellen), blok.regels):
                nummer, staat_er = regel or laatste
                if staat_er != verwacht:
                    return LesFout(nummer, f'hier hoort `{verwacht}`, er staat `{staat_er}`.')
    return None


# -- de les zoals hij is --------------------------------------------------------------------


@pytest.mark.parametrize('nummer', range(len(LES)))
def test_wat_de_les_toont_gebeurt_ook(gespeeld, nummer):
    assert not gespeeld(nummer).afwijkingen


@pytest.mark.parametrize('nummer', ALLE_STAPPEN)
def test_de_database_heeft_na_elke_stap_de_kolommen_van_stappen_py(gespeeld, nummer):
    echt = {
        (kolom.tabel, kolom.naam): kolom
        for kolommen in schema(gespeeld(nummer).map).values()
        for kolom in kolommen
    }
    verwacht = {
        plek: replace(
            kolom,
            was=None,
            som_met=None,
            standaard=echt[plek].standaard if kolom.standaard == VRIJ else kolom.standaard,
        )
        for plek, kolom in kolommen_na(nummer).items()
    }
    assert echt == verwacht


@pytest.mark.parametrize('nummer', ALLE_STAPPEN)
def test_de_drie_cursisten_houden_in_elke_stap_hun_gegevens(gespeeld, nummer):
    gevonden = rijen(gespeeld(nummer).map)
    naam = 'volledige_naam' if nummer >= 7 else 'naam'
    assert [rij[naam] for rij in gevonden] == ['Joyce', 'Bram', 'Elsje']
    if nummer < 8:
        assert [rij['leeftijd'] for rij in gevonden] == [36, 24, 19]
    if nummer >= 6:
        assert [rij['geboortejaar'] for rij in gevonden] == [1990, 2002, 2007]
    if nummer >= 2:
        assert [rij['woonplaats'] for rij in gevonden] == ['Groningen', None, None]


@pytest.mark.parametrize('nummer', range(len(LES)))
def test_de_controle_noemt_precies_de_gedane_stappen_klaar(gespeeld, nummer):
    uitvoer, afwijkingen = Speler(gespeeld(nummer).map, alles=True).controleer(LES[nummer])
    assert not afwijkingen
    # In de uitgedeelde map, waarin stap 0 speelt, is stap 1 al gedaan.
    klaar = max(nummer, 1)
    verwacht = [
        ('✓' if stap.nummer <= klaar else '·', str(stap.nummer), stap.titel) for stap in STAPPEN
    ]
    regels = re.findall(r'(?m)^([✓✗·]) stap (\d+) +(.+?) *$', uitvoer)
    assert regels == verwacht


@pytest.mark.parametrize('nummer', ALLE_STAPPEN)
def test_de_kolommentabellen_zijn_die_van_de_database(gespeeld, nummer):
    assert tabelfout(LES[nummer], schema(gespeeld(nummer).map)) is None


@pytest.mark.parametrize('nummer', [1, 9])
def test_het_diagram_is_dat_van_de_database(gespeeld, nummer):
    assert any(blok.soort == 'mermaid' for blok in LES[nummer].blokken)
    assert diagramfout(LES[nummer], schema(gespeeld(nummer).map)) is None


def test_de_stappen_heten_zoals_in_stappen_py():
    assert [(h.nummer, h.titel) for h in LES[1:]] == [(s.nummer, s.titel) for s in STAPPEN]


@pytest.mark.parametrize('nummer', range(len(LES)))
def test_elke_stap_heeft_alle_onderdelen(nummer):
    tekst = [regel for _, regel in LES[nummer].regels]
    koppen = [regel.removeprefix('### ') for regel in tekst if regel.startswith('### ')]
    assert len(koppen) == len(set(koppen))
    assert set(koppen) >= ONDERDELEN
    # Met markdown="1" zet ook MkDocs het antwoord op.
    assert tekst.count('<details markdown="1">') == tekst.count('</details>') == 1
    # Zonder lege regels eromheen doet GitHub dat niet.
    assert tekst[tekst.index('<summary>Antwoord</summary>') + 1] == ''
    assert tekst[tekst.index('</details>') - 1] == ''
    assert tekst.index('</details>') > tekst.index('### Vraag')
    assert '$ pytest' in tekst[tekst.index('### Controle') : tekst.index('### Vraag')]


def test_stap_0_toont_de_hele_module():
    module = next(blok for blok in LES[0].blokken if blok.titel == 'BasicModelApp.py')
    assert module.tekst() == (PROJECT / 'BasicModelApp.py').read_text(encoding='utf-8')


def test_klaarzetten_gaat_zoals_in_de_readme():
    readme = (PROJECT / 'README.md').read_text(encoding='utf-8')
    eerste = re.search(r'(?ms)^```sh\n(.*?)^```', readme)[1].splitlines()
    opdrachten = [
        cellen[0].strip('`')
        for blok in LES[0].blokken
        if rijcellen(blok.regels[0][1]) == SYSTEMEN
        for _, cellen in blok.cellen()
    ]
    assert opdrachten
    assert set(opdrachten) <= set(eerste)


@pytest.mark.parametrize('nummer', ALLE_STAPPEN)
def test_elk_systeem_krijgt_dezelfde_bestanden(nummer):
    for blok in LES[nummer].blokken:
        if rijcellen(blok.regels[0][1]) == SYSTEMEN:
            for regel, cellen in blok.cellen():
                namen = [
                    re.findall(r'[\w*/]+\.\w+|migrations$', cel.strip('`').replace('\\', '/'))
                    for cel in cellen
                ]
                assert namen[0], regel
                assert namen[0] == namen[1] == namen[2], regel


def test_de_zinnen_zijn_kort():
    tekst = re.sub(r'(?ms)^```.*?^```$', '\n', TEKST)
    tekst = re.sub(r'(?m)^(\||#|<).*$', '\n', tekst)
    # Code telt als één woord.
    tekst = re.sub(r'`[^`]*`', 'code', tekst)
    lengtes = [
        aantal
        for alinea in re.split(r'\n\s*\n|\n(?=- |\d+\. )', tekst)
        for zin in re.split(r'(?<=[.!?:])\s+', alinea)
        if (aantal := len(re.findall(r"\w[\w'-]*", zin)))
    ]
    assert sum(lengtes) / len(lengtes) <= 12
    assert sum(lengte > 20 for lengte in lengtes) <= len(lengtes) / 50


# -- een onwaarheid in de tekst komt uit -----------------------------------------------------


def verander(nummer: int, oud: str, nieuw: str) -> tuple[list[Hoofdstuk], int]:
    """De les met één stuk tekst in één stap veranderd, en de eerste regel die anders is."""
    begin = LES[nummer].regels[0][0] - 1
    voor = ''.join(f'{regel}\n' for regel in TEKST.splitlines()[:begin])
    stap = ''.join(f'{regel}\n' for _, regel in LES[nummer].regels)
    assert stap.count(oud) == 1
    nieuw_stuk = stap.replace(oud, nieuw)
    les = lees_les(voor + nieuw_stuk)
    anders = next(
        plek
        for plek, (a, b) in enumerate(
            zip_longest(stap.splitlines(), nieuw_stuk.splitlines()), start=begin + 1
        )
        if a != b
    )
    return les, anders


def eerste_fout(les: list[Hoofdstuk], nummer: int, map_: Path) -> LesFout | None:
    """Speelt alleen deze stap, en niet verder dan tot de eerste fout."""
    try:
        return next(Speler(map_, alles=True).speel(les, nummer), None)
    except LesFout as fout:
        return fout


ONWAARHEDEN = {
    'een onbekende opdracht': (
        3,
        '$ flask db migrate -m "niveau"\n...\nINFO',
        '$ flaks db migrate -m "niveau"\n...\nINFO',
        0,
        'ken ik niet',
    ),
    'een opdracht die flask niet kent': (
        7,
        '$ flask db migrate -m',
        '$ flask db migreer -m',
        # De opdracht zelf kan; pas wat eronder staat, komt niet.
        2,
        'komt die regel niet',
    ),
    'een verkeerde uitvoerregel': (
        2,
        'OperationalError) no such column: cursisten.woonplaats\n',
        'OperationalError) no such column: cursisten.woonplek\n',
        0,
        'woonplek',
    ),
    'een uitvoerregel te weinig': (
        2,
        '(Background on this error at: https://sqlalche.me/e/21/e3q8)\n',
        '',
        -1,
        'Background',
    ),
    'een fout die verzwegen wordt': (
        3,
        """Traceback (most recent call last):
...
sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) Cannot add a NOT NULL column\
 with default value NULL
[SQL: ALTER TABLE cursisten ADD COLUMN niveau VARCHAR(20) NOT NULL]
(Background on this error at: https://sqlalche.me/e/21/e3q8)
""",
        '...\n',
        -3,
        'eindigt met 1',
    ),
    'een verkeerde opgelichte regel': (
        2,
        'hl_lines="7"',
        'hl_lines="8"',
        7,
        'is nieuw en hoort in hl_lines',
    ),
    'een opgelichte regel te veel': (
        4,
        'hl_lines="9"',
        'hl_lines="5 9"',
        5,
        'is niet nieuw, maar staat in hl_lines',
    ),
    'een script dat anders is dan getoond': (
        10,
        'def upgrade():\n    pass\n',
        'def upgrade():\n    return\n',
        0,
        'komt `    pass`',
    ),
    'een titel waar geen script bij hoort': (
        6,
        'title="migrations/versions/..._geboortejaar.py"',
        'title="migrations/versions/..._geboorte.py"',
        0,
        'horen 0 bestanden',
    ),
}


@pytest.mark.parametrize(
    ('nummer', 'oud', 'nieuw', 'verder', 'melding'), ONWAARHEDEN.values(), ids=ONWAARHEDEN
)
def test_een_onwaarheid_komt_uit_met_haar_regelnummer(na_stap, nummer, oud, nieuw, verder, melding):
    les, regel = verander(nummer, oud, nieuw)
    fout = eerste_fout(les, nummer, na_stap(nummer - 1))
    assert fout is not None
    assert melding in str(fout)
    assert str(fout).startswith(f'LEERLING.md, regel {regel + verder}: ')


def test_een_blok_dat_ontbreekt_komt_uit_bij_wat_daarna_niet_meer_klopt(na_stap):
    blok = next(blok for blok in LES[3].blokken if blok.soort == 'python')
    kop = TEKST.splitlines()[blok.regels[0][0] - 2]
    les, _ = verander(3, f'{kop}\n{blok.tekst()}```\n', '')
    fout = eerste_fout(les, 3, na_stap(2))
    # Zonder de kolom in het model vindt migrate niets.
    assert 'Detected added column' in str(fout)
    assert fout.regel == next(
        nummer for nummer, regel in les[3].regels if 'Detected added column' in regel
    )


@pytest.mark.parametrize(
    ('nummer', 'oud', 'nieuw'),
    [
        (3, '| `niveau` | `VARCHAR(20)` | ja |', '| `niveau` | `VARCHAR(20)` | nee |'),
        (4, '| `VARCHAR(8)` | nee | | uniek |', '| `VARCHAR(8)` | nee | | |'),
        (5, '| `leeftijd` | `INTEGER` |', '| `leeftijd` | `TEXT` |'),
        (6, '| `geboortejaar` | `INTEGER` |', '| `geboortejaar_` | `INTEGER` |'),
        (9, '| verwijst naar `gebruikers.id` |', '| verwijst naar `cursisten.id` |'),
    ],
)
def test_een_verkeerde_cel_komt_uit_met_haar_regelnummer(gespeeld, nummer, oud, nieuw):
    les, regel = verander(nummer, oud, nieuw)
    assert tabelfout(les[nummer], schema(gespeeld(nummer).map)).regel == regel


@pytest.mark.parametrize(
    ('nummer', 'oud', 'nieuw'),
    [
        (1, '        TEXT naam\n', '        TEXT name\n'),
        (1, '        INTEGER id PK\n', '        INTEGER id\n'),
        (9, '        INTEGER gebruiker_id FK\n', ''),
        (9, 'gebruikers |o--o{ cursisten', 'gebruikers ||--o{ cursisten'),
    ],
)
def test_een_verkeerd_diagram_komt_uit_met_zijn_regelnummer(gespeeld, nummer, oud, nieuw):
    les, regel = verander(nummer, oud, nieuw)
    assert diagramfout(les[nummer], schema(gespeeld(nummer).map)).regel == regel
