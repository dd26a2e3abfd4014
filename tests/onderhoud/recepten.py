"""Voor elke stap een recept: een eigen script dat hem ook doet, anders dan de les hem doet.

Een stap die geen recept heeft, wordt door een test gevraagd. Een kolom erbij is een regel:
`'Een kolom erbij': [kolom_erbij('woonplaats')]`.
"""

from dataclasses import dataclass

from leerling import CURSISTNUMMER, GEBRUIKERS, KOLOM, NIVEAU, TIJDSTIP, WOONPLAATS
from stappen import GEVULD, HERNOEMD, NU, STAPPEN, TABEL, VRIJ, Kolom, Stap, kolommen_na

# Een eigen kolom, en niet van de les.
STRAAT = Kolom(TABEL, 'straat', 'TEXT')


@dataclass
class Werk:
    """Een stuk van een migratie: de regels van upgrade(), en die van downgrade()."""

    heen: list[str]
    terug: list[str]


def regels(*werk: Werk) -> tuple[str, str]:
    """De regels van upgrade() en die van downgrade(), in de omgekeerde volgorde."""
    heen = [regel for stuk in werk for regel in stuk.heen]
    return '\n'.join(heen), '\n'.join(regel for stuk in werk[::-1] for regel in stuk.terug)


def sa_kolom(kolom: Kolom) -> str:
    """Een kolom zoals een script hem maakt; uniek en een foreign key komen apart."""
    delen = [f"'{kolom.naam}'", f'sa.{kolom.model_type}']
    if kolom.sleutel:
        delen.append('primary_key=True')
    elif not kolom.null:
        delen.append('nullable=False')
    if kolom.standaard in (VRIJ, NU):
        delen.append(f"server_default=sa.text('({NU})')")
    elif kolom.standaard:
        delen.append(f'server_default={kolom.standaard}')
    return f'sa.Column({", ".join(delen)})'


def batch(heen: str, terug: str) -> Werk:
    met = f"with op.batch_alter_table('{TABEL}') as batch_op:"
    return Werk([met, f'    batch_op.{heen}'], [met, f'    batch_op.{terug}'])


def zonder_batch(kolom: Kolom) -> Werk:
    return Werk(
        [f"op.add_column('{TABEL}', {sa_kolom(kolom)})"],
        [f"op.drop_column('{TABEL}', '{kolom.naam}')"],
    )


def kolom_erbij(naam: str) -> Werk:
    kolom = next(k for s in STAPPEN for k in s.erbij if k.plek == (TABEL, naam))
    return batch(f'add_column({sa_kolom(kolom)})', f"drop_column('{naam}')")


def uniek(naam: str) -> Werk:
    heen = f"create_unique_constraint('een_nummer', ['{naam}'])"
    return batch(heen, "drop_constraint('een_nummer', type_='unique')")


def tabel_erbij(nummer: int, tabel: str) -> Werk:
    """De tabel zoals hij na stap `nummer` is."""
    kolommen = [kolom for kolom in kolommen_na(nummer).values() if kolom.tabel == tabel]
    delen = [f"'{tabel}'", *map(sa_kolom, kolommen)]
    delen += [f"sa.UniqueConstraint('{kolom.naam}')" for kolom in kolommen if kolom.uniek]
    return Werk([f'op.create_table({", ".join(delen)})'], [f"op.drop_table('{tabel}')"])


def hernoem(oud: str, nieuw: str) -> Werk:
    return batch(
        f"alter_column('{oud}', new_column_name='{nieuw}')",
        f"alter_column('{nieuw}', new_column_name='{oud}')",
    )


VERWIJST = KOLOM[GEBRUIKERS]
NAAR = f"sa.ForeignKey('{VERWIJST.verwijst_naar}', name='fk')"
INDEX = f"'ix_{TABEL}_{HERNOEMD.naam}', '{TABEL}'"

RECEPTEN: dict[str, list[Werk]] = {
    'De eerste migratie': [tabel_erbij(1, TABEL)],
    'Een kolom erbij': [kolom_erbij(KOLOM[WOONPLAATS].naam)],
    'Een verplichte kolom': [kolom_erbij(KOLOM[NIVEAU].naam)],
    'Een unieke kolom': [kolom_erbij(KOLOM[CURSISTNUMMER].naam), uniek(KOLOM[CURSISTNUMMER].naam)],
    'Een tijdstip': [kolom_erbij(KOLOM[TIJDSTIP].naam)],
    'Een kolom vullen': [
        kolom_erbij(GEVULD.naam),
        Werk([f"op.execute('{GEVULD.vulling}')"], ['pass']),
    ],
    'Een kolom hernoemen': [hernoem(HERNOEMD.was, HERNOEMD.naam)],
    'Een kolom weg': [
        Werk(
            [f"op.drop_column('{TABEL}', '{GEVULD.som_met}')"],
            [
                f"op.add_column('{TABEL}', sa.Column('{GEVULD.som_met}', sa.Integer()))",
                f"op.execute('UPDATE {TABEL} SET {GEVULD.som_met} = {GEVULD.som} - {GEVULD.naam}')",
            ],
        )
    ],
    'Een tweede tabel': [
        tabel_erbij(GEBRUIKERS, VERWIJST.verwijst_naar.partition('.')[0]),
        batch(
            f"add_column(sa.Column('{VERWIJST.naam}', sa.{VERWIJST.model_type}, {NAAR}))",
            f"drop_column('{VERWIJST.naam}')",
        ),
    ],
    'Zelf een script schrijven': [
        Werk([f"op.create_index({INDEX}, ['{HERNOEMD.naam}'])"], [f'op.drop_index({INDEX})'])
    ],
}


def is_vrij(stap: Stap) -> bool:
    """Of een stap alleen kolommen toevoegt: dan maakt het niet uit wanneer hij komt."""
    eigen = [kolom for kolom in stap.erbij if kolom.tabel == TABEL and not kolom.verwijst_naar]
    los = not any(kolom.sleutel or kolom.was or kolom.som_met for kolom in stap.erbij)
    return eigen == list(stap.erbij) and los and not stap.weg
