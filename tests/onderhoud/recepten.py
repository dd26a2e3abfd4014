"""Hoe een eigen script een stap ook kan doen: anders dan de les hem doet, en net zo goed.

Wat een stap verandert staat in STAPPEN; daaruit volgt het recept. Een nieuwe stap heeft er dus al
een. Verandert hij iets wat nog geen stap deed, dan komt dat hierbij.
"""

from stappen import AFGELEID, NU, TABEL, VRIJ, Kolom, Stap, kolommen_na

# Een eigen kolom, en niet van de les.
STRAAT = Kolom(TABEL, 'straat', 'TEXT')

# Een stuk van een migratie: de regels van upgrade(), en die van downgrade().
Werk = tuple[str, str]


def recept(stap: Stap) -> list[Werk]:
    """Het werk van een stap, in zo klein mogelijke stukken."""
    eerst = kolommen_na(stap.nummer - 1)
    nieuw = {kolom.tabel for kolom in stap.erbij} - {tabel for tabel, _ in eerst}
    werk = [tabel_erbij(stap.nummer, tabel) for tabel in sorted(nieuw)]
    for kolom in stap.erbij:
        if kolom.tabel not in nieuw:
            werk += index(kolom) if kolom.plek in eerst else kolom_erbij(kolom)
    for tabel, naam in set(stap.weg) - {(kolom.tabel, kolom.was) for kolom in stap.erbij}:
        terug, weg = zonder_batch(eerst[tabel, naam])
        _, waarde = AFGELEID.get(naam, ('', 'NULL'))
        werk.append((weg, f"{terug}\nop.execute('UPDATE {tabel} SET {naam} = {waarde}')"))
    return werk


def tabel_erbij(nummer: int, tabel: str) -> Werk:
    """De tabel zoals hij na stap `nummer` is."""
    kolommen = [kolom for kolom in kolommen_na(nummer).values() if kolom.tabel == tabel]
    delen = [f"'{tabel}'", *map(sa_kolom, kolommen)]
    delen += [f"sa.UniqueConstraint('{kolom.naam}')" for kolom in kolommen if kolom.uniek]
    return f'op.create_table({", ".join(delen)})', f"op.drop_table('{tabel}')"


def index(kolom: Kolom) -> list[Werk]:
    naam = f"'ix_{TABEL}_{kolom.naam}', '{TABEL}'"
    return [(f"op.create_index({naam}, ['{kolom.naam}'])", f'op.drop_index({naam})')]


def kolom_erbij(kolom: Kolom) -> list[Werk]:
    """Een kolom die nieuw is, of alleen een nieuwe naam heeft."""
    if kolom.was:
        namen = (kolom.was, kolom.naam), (kolom.naam, kolom.was)
        return [batch(*(f"alter_column('{a}', new_column_name='{b}')" for a, b in namen))]
    werk = [batch(f'add_column({sa_kolom(kolom)})', f"drop_column('{kolom.naam}')")]
    if kolom.uniek:
        werk.append(uniek(kolom.naam))
    if kolom.som_met:
        werk.append((f"op.execute('{kolom.vulling}')", 'pass'))
    return werk


def batch(heen: str, terug: str) -> Werk:
    met = f"with op.batch_alter_table('{TABEL}') as batch_op:\n    batch_op."
    return met + heen, met + terug


def uniek(naam: str) -> Werk:
    heen = f"create_unique_constraint('een_nummer', ['{naam}'])"
    return batch(heen, "drop_constraint('een_nummer', type_='unique')")


def zonder_batch(kolom: Kolom) -> Werk:
    heen = f"op.add_column('{TABEL}', {sa_kolom(kolom)})"
    return heen, f"op.drop_column('{TABEL}', '{kolom.naam}')"


def sa_kolom(kolom: Kolom) -> str:
    """Een kolom zoals een script hem maakt; uniek komt apart."""
    delen = [f"'{kolom.naam}'", f'sa.{kolom.model_type}']
    if kolom.verwijst_naar:
        delen.append(f"sa.ForeignKey('{kolom.verwijst_naar}', name='fk')")
    if kolom.sleutel:
        delen.append('primary_key=True')
    elif not kolom.null:
        delen.append('nullable=False')
    if kolom.standaard in (VRIJ, NU):
        delen.append(f"server_default=sa.text('({NU})')")
    elif kolom.standaard:
        delen.append(f'server_default={kolom.standaard}')
    return f'sa.Column({", ".join(delen)})'


def regels(*werk: Werk) -> tuple[str, str]:
    """De regels van upgrade() en die van downgrade(), in de omgekeerde volgorde."""
    return '\n'.join(heen for heen, _ in werk), '\n'.join(terug for _, terug in werk[::-1])


def is_vrij(stap: Stap) -> bool:
    """Of een stap alleen kolommen toevoegt: dan maakt het niet uit wanneer hij komt."""
    return not stap.weg and all(
        kolom.tabel == TABEL
        and not (kolom.sleutel or kolom.verwijst_naar or kolom.was or kolom.som_met)
        for kolom in stap.erbij
    )
