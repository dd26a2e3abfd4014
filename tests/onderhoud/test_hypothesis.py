"""Mappen die kloppen, hoe ze ook gemaakt zijn, en mappen met precies één fout erin."""

import shutil
import sqlite3
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from controle import vertelling
from controle.beoordeling import beoordeel
from controle.oefenmap import lees_oefenmap
from zonder_kindproces import speel_hier_na


def beoordeel_hier(m):
    return beoordeel(lees_oefenmap(m), speel_hier_na(m))


from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import URL, create_engine
from sqlalchemy.pool import NullPool
from stappen import DATABASE, MODULE, STAPPEN, kolommen_na

# Elk voorbeeld kost een keer naspelen. Elke run heeft dezelfde, en zoekt niet naar een kleiner.
INSTELLINGEN = settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)

NOW = "sa.text('(CURRENT_TIMESTAMP)')"
UQ = 'uq_cursisten_cursistnummer'


@dataclass
class Werk:
    """Een stuk van een migratie: wat upgrade() doet, en wat downgrade() doet."""

    heen: list[str]
    terug: list[str]


def kolom_erbij(naam: str, rest: str) -> Werk:
    return batch(f"add_column(sa.Column('{naam}', {rest}))", f"drop_column('{naam}')")


def batch(heen: str, terug: str) -> Werk:
    met = "with op.batch_alter_table('cursisten') as batch_op:"
    return Werk([met, f'    batch_op.{heen}'], [met, f'    batch_op.{terug}'])


EERSTE = Werk(
    [
        "op.create_table('cursisten', sa.Column('id', sa.Integer(), primary_key=True),",
        "    sa.Column('naam', sa.Text()), sa.Column('leeftijd', sa.Integer()))",
    ],
    ["op.drop_table('cursisten')"],
)
# Stap 2 tot en met 5 en een eigen kolom: de volgorde is vrij.
VRIJ = {
    2: [kolom_erbij('woonplaats', 'sa.String(50)')],
    3: [kolom_erbij('niveau', "sa.String(20), nullable=False, server_default='beginner'")],
    4: [
        kolom_erbij('cursistnummer', 'sa.String(8)'),
        batch(
            f"create_unique_constraint('{UQ}', ['cursistnummer'])",
            f"drop_constraint('{UQ}', type_='unique')",
        ),
    ],
    5: [kolom_erbij('ingeschreven_op', f'sa.DateTime(), nullable=False, server_default={NOW}')],
    'eigen': [kolom_erbij('straat', 'sa.Text()')],
}
VAST = {
    6: [
        kolom_erbij('geboortejaar', 'sa.Integer()'),
        Werk(["op.execute('UPDATE cursisten SET geboortejaar = 2026 - leeftijd')"], ['pass']),
    ],
    7: [
        batch(
            "alter_column('naam', new_column_name='volledige_naam')",
            "alter_column('volledige_naam', new_column_name='naam')",
        )
    ],
    8: [
        Werk(
            ["op.execute('SELECT 1')", *batch("drop_column('leeftijd')", '').heen],
            [
                *batch('', "add_column(sa.Column('leeftijd', sa.Integer()))").terug,
                "op.execute('UPDATE cursisten SET leeftijd = 2026 - geboortejaar')",
            ],
        )
    ],
    9: [
        Werk(
            [
                "op.create_table('gebruikers', sa.Column('id', sa.Integer(), primary_key=True),",
                "    sa.Column('gebruikersnaam', sa.String(100), nullable=False, unique=True),",
                "    sa.Column('email', sa.String(120), nullable=False, unique=True),",
                "    sa.Column('wachtwoord_hash', sa.String(255), nullable=False),",
                "    sa.Column('aangemaakt_op', sa.DateTime(), nullable=False,",
                f'        server_default={NOW}))',
            ],
            ["op.drop_table('gebruikers')"],
        ),
        kolom_erbij('gebruiker_id', "sa.Integer(), sa.ForeignKey('gebruikers.id', name='fk')"),
    ],
    10: [
        Werk(
            ["op.create_index('ix_cursisten_volledige_naam', 'cursisten', ['volledige_naam'])"],
            ["op.drop_index('ix_cursisten_volledige_naam', 'cursisten')"],
        )
    ],
}


@dataclass
class Recept:
    """Een map die klopt: hoe ver hij is, en hoe hij daar kwam."""

    niveau: int
    # Per script het werk; de eerste is de eerste migratie.
    scripts: list[list[Werk]]
    ids: list[str]
    berichten: list[str]
    kolommen: list[str]
    namen: list[str]
    crlf: bool
    terug: int


@st.composite
def recepten(trek, vanaf: int = 1, tot: int = len(STAPPEN)) -> Recept:
    niveau = trek(st.integers(vanaf, tot))
    eigen = trek(st.booleans())
    stukken = [n for n in VRIJ if (eigen if n == 'eigen' else n <= niveau)]
    werk = [w for n in trek(st.permutations(stukken)) for w in VRIJ[n]]
    werk += [w for n in VAST if n <= niveau for w in VAST[n]]
    # Waar een script ophoudt is vrij: zo komen er gesplitste en samengevoegde migraties.
    scripts = [[EERSTE]]
    for stuk in werk:
        # Vul je kolom in dezelfde migratie: anders geldt de stap pas een script later.
        if len(scripts) > 1 and trek(st.booleans()):
            scripts[-1].append(stuk)
        else:
            scripts.append([stuk])
    aantal = len(scripts)
    kolommen = [k.regel for k in kolommen_na(niveau).values() if k.tabel == 'cursisten']
    kolommen += ['straat = db.Column(db.Text)'] if eigen else []
    return Recept(
        niveau,
        scripts,
        trek(
            st.lists(
                st.from_regex('[0-9a-f]{12}', fullmatch=True),
                min_size=aantal,
                max_size=aantal,
                unique=True,
            )
        ),
        trek(
            st.lists(
                st.sampled_from(['woonplaats', 'stap', 'één', 'x']),
                min_size=aantal,
                max_size=aantal,
            )
        ),
        trek(st.permutations(kolommen)),
        trek(st.lists(st.text('abcé', min_size=1, max_size=5), max_size=4)),
        trek(st.booleans()),
        trek(st.integers(0, aantal - 1)),
    )


def bouw(recept: Recept, begin: Path, pad: Path) -> None:
    """Maakt de map: de module, de scripts, en een database die op en neer is geweest."""
    shutil.copytree(
        begin / 'migrations',
        pad / 'migrations',
        ignore=shutil.ignore_patterns('*_*.py', '__pycache__'),
    )
    module = (begin / MODULE).read_text(encoding='utf-8').partition('# Een model')[0]
    regels = ['class Cursist(db.Model):', "    __tablename__ = 'cursisten'"]
    regels += [f'    {regel}' for regel in recept.kolommen]
    if recept.niveau >= 9:
        regels += ['', '', 'class Gebruiker(db.Model):', "    __tablename__ = 'gebruikers'"]
        regels += [f'    {k.regel}' for k in kolommen_na(10).values() if k.tabel == 'gebruikers']
    einde = '\r\n' if recept.crlf else '\n'
    tekst = module + '\n'.join(regels) + '\n'
    (pad / MODULE).write_text(tekst, encoding='utf-8', newline=einde)
    for plaats, id_ in enumerate(recept.ids):
        naam = f'{id_}_{recept.berichten[plaats]}.py'
        script = script_tekst(recept, plaats)
        (pad / 'migrations/versions' / naam).write_text(script, encoding='utf-8', newline=einde)
    engine = create_engine(URL.create('sqlite', database=str(pad / DATABASE)), poolclass=NullPool)
    with engine.begin() as verbinding:
        context = MigrationContext.configure(verbinding)
        with Operations.context(context):
            voer_uit(recept, 'upgrade', 0, 1)
            for naam in recept.namen:
                verbinding.exec_driver_sql(
                    'INSERT INTO cursisten (naam, leeftijd) VALUES (?, ?)', (naam, len(naam) + 17)
                )
            aantal = len(recept.ids)
            voer_uit(recept, 'upgrade', 1, aantal)
            voer_uit(recept, 'downgrade', aantal - recept.terug, aantal)
            voer_uit(recept, 'upgrade', aantal - recept.terug, aantal)
        verbinding.exec_driver_sql(
            'CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)'
        )
        verbinding.exec_driver_sql('INSERT INTO alembic_version VALUES (?)', (recept.ids[-1],))


def script_tekst(recept: Recept, plaats: int) -> str:
    werk = recept.scripts[plaats]
    heen = [regel for stuk in werk for regel in stuk.heen]
    terug = [regel for stuk in werk[::-1] for regel in stuk.terug]
    vorige = recept.ids[plaats - 1] if plaats else None
    return (
        f'"""{recept.berichten[plaats]}"""\nfrom alembic import op\nimport sqlalchemy as sa\n\n'
        f'revision = {recept.ids[plaats]!r}\ndown_revision = {vorige!r}\n\n\n'
        + ''.join(
            f'def {naam}():\n' + ''.join(f'    {regel}\n' for regel in regels) + '\n\n'
            for naam, regels in (('upgrade', heen), ('downgrade', terug))
        )
    )


def voer_uit(recept: Recept, functie: str, van: int, tot: int) -> None:
    plaatsen = range(van, tot)
    for plaats in plaatsen if functie == 'upgrade' else plaatsen[::-1]:
        naam = {}
        exec(script_tekst(recept, plaats), naam)
        naam[functie]()


@pytest.fixture(scope='module')
def begin(lesstand) -> Path:
    return lesstand(1).map


@INSTELLINGEN
@given(recept=recepten())
def test_een_map_die_klopt_is_goed_hoe_hij_ook_gemaakt_is(begin, recept):
    with tempfile.TemporaryDirectory() as tijdelijk:
        bouw(recept, begin, Path(tijdelijk))
        oordeel = beoordeel_hier(Path(tijdelijk))
        assert not oordeel.afwijkingen, vertelling.wat_nu(oordeel)
        assert oordeel.gehaald == recept.niveau


def sql(pad: Path, opdracht: str) -> None:
    verbinding = sqlite3.connect(pad / DATABASE)
    verbinding.execute(opdracht)
    verbinding.commit()
    verbinding.close()


def vervang(bestand: Path, oud: str, nieuw: str) -> None:
    tekst = bestand.read_bytes().decode()
    assert oud in tekst
    bestand.write_bytes(tekst.replace(oud, nieuw, 1).encode())


def laatste_script(pad: Path, recept: Recept) -> Path:
    (script,) = (pad / 'migrations/versions').glob(f'{recept.ids[-1]}_*.py')
    return script


# Elke fout: wat er verandert, en in welke soort afwijking dat te zien is.
FOUTEN = {
    'een kolom uit het model': (
        lambda pad, recept: vervang(pad / MODULE, 'woonplaats = ', '# '),
        'model',
    ),
    'een kolom te veel in het model': (
        lambda pad, recept: vervang(
            pad / MODULE, "'cursisten'", "'cursisten'\n    extra = db.Column(db.Text)"
        ),
        'model',
    ),
    'een komma achter een kolom': (
        lambda pad, recept: vervang(pad / MODULE, 'db.String(50))', 'db.String(50)),'),
        'onzichtbaar',
    ),
    'een script dat op niets volgt': (
        lambda pad, recept: vervang(laatste_script(pad, recept), recept.ids[-2], 'f' * 13),
        'reeks',
    ),
    'een downgrade die stopt': (
        lambda pad, recept: vervang(
            laatste_script(pad, recept), 'def downgrade():', 'def downgrade():\n    1 / 0'
        ),
        'naspelen',
    ),
    'een script met een syntaxfout': (
        lambda pad, recept: vervang(laatste_script(pad, recept), 'def upgrade():', 'def upgrade()'),
        'script',
    ),
    'een upgrade die rijen wist': (
        lambda pad, recept: vervang(
            laatste_script(pad, recept),
            'def upgrade():',
            "def upgrade():\n    op.execute('DELETE FROM cursisten')",
        ),
        'waarden',
    ),
    'een kolom met de hand': (
        lambda pad, recept: sql(pad, 'ALTER TABLE cursisten ADD COLUMN extra TEXT'),
        'database',
    ),
    'geen revisie in de database': (
        lambda pad, recept: sql(pad, 'DELETE FROM alembic_version'),
        'database',
    ),
    'een onbekende revisie': (
        lambda pad, recept: sql(pad, "UPDATE alembic_version SET version_num = 'onbekend'"),
        'database',
    ),
    'een lege database': (lambda pad, recept: (pad / DATABASE).write_bytes(b''), 'database'),
}


@INSTELLINGEN
@given(recept=recepten(vanaf=2), fout=st.sampled_from(sorted(FOUTEN)))
def test_een_map_met_een_fout_krijgt_een_hint_over_die_fout(begin, recept, fout):
    maak_fout, soort = FOUTEN[fout]
    with tempfile.TemporaryDirectory() as tijdelijk:
        bouw(recept, begin, Path(tijdelijk))
        maak_fout(Path(tijdelijk), recept)
        oordeel = beoordeel_hier(Path(tijdelijk))
        assert oordeel.afwijkingen, f'Niemand merkte dit: {fout}.'
        assert oordeel.afwijkingen[0].soort == soort, vertelling.wat_nu(oordeel)
        assert vertelling.wat_nu(oordeel).startswith('Wat nu: stap')


# Wat er met een regel kan gebeuren: het wordt een rij van geen, een of twee regels.
SCHADE = {
    'weg': lambda regel: [],
    'dubbel': lambda regel: [regel, regel],
    'commentaar': lambda regel: [f'# {regel}'],
    'half': lambda regel: [regel[: len(regel) // 2]],
    'zonder inspringen': lambda regel: [regel.lstrip()],
    'verder ingesprongen': lambda regel: [f'    {regel}'],
    'een ander woord': lambda regel: [regel.replace('cursisten', 'None').replace('db', 'x')],
}


# Een korte reeks: dan is er vaker maar een script, en dat is stuk.
@settings(INSTELLINGEN, max_examples=100)
@given(recept=recepten(tot=3), schade=st.sampled_from(sorted(SCHADE)), plek=st.data())
def test_een_beschadigde_regel_laat_de_controle_niet_struikelen(begin, recept, schade, plek):
    with tempfile.TemporaryDirectory() as tijdelijk:
        bouw(recept, begin, Path(tijdelijk))
        scripts = sorted(Path(tijdelijk, 'migrations/versions').glob('*.py'))
        bestand = plek.draw(st.sampled_from([Path(tijdelijk, MODULE), *scripts]))
        regels = bestand.read_text(encoding='utf-8').splitlines()
        nummer = plek.draw(st.integers(0, len(regels) - 1))
        regels[nummer : nummer + 1] = SCHADE[schade](regels[nummer])
        bestand.write_text('\n'.join(regels), encoding='utf-8')
        oordeel = beoordeel_hier(Path(tijdelijk))
        assert vertelling.wat_nu(oordeel).startswith('Wat nu: ')
        assert all(vertelling.opmerkingen(oordeel))
        fout = [stap.nummer for stap in STAPPEN if oordeel.toestand(stap.nummer) == 'fout']
        assert all(vertelling.uitleg(oordeel, nummer) for nummer in fout)
