"""Halverwege een stap: wat de les nu laat doen, of onder welke kop ze verdergaat."""

from spelen.terug import halverwege
from stappen import CURSISTEN, DATABASE, KOPIE, TABEL, Stap, kolommen_na

from controle import onderweg
from controle.hints import daden, doen
from controle.hints.doen import UPGRADE
from controle.hints.hint import Hint, hint
from controle.oordeel import Afwijking, Oordeel

DOET, MIS, OPLOSSEN = 'Wat je doet', 'Wat er misgaat', 'Zo los je het op'


@hint()
def weg_terug_is_afgebroken(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    if halverwege(oordeel.oefenmap.pad):
        return Hint(
            'De weg terug is halverwege afgebroken. Er is niets kwijt.',
            'Typ die opdracht nog een keer, met het getal dat je toen koos. Bijvoorbeeld:',
            f'    python tests/speel_les.py --terug {oordeel.laatste_goede_stap}',
        )


@hint('migraties', 'ontbreken')
def stap_1_begint_opnieuw(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    if oordeel.gehaald == 1 and oordeel.database.rijen == {TABEL: len(CURSISTEN)}:
        return Hint(
            'De map `migrations` is weg, `data.sqlite` is er nog.',
            'Begin je stap 1 opnieuw? Gooi dan ook de database weg:',
            daden.Verwijder(DATABASE),
        )


@hint()
def de_les_gaat_verder(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    stap, waar = onderweg.halverwege(oordeel) or (None, None)
    if waar == onderweg.MODEL_HALF:
        return _maak_het_model_af(oordeel, stap)
    if waar == onderweg.MODEL:
        return _maak_de_migratie(oordeel, afwijking, stap)
    if waar == onderweg.SCRIPT:
        return _voer_het_script_uit(oordeel, stap)
    # Zonder kopie kan de les hier niet verder.
    if waar is None or (stap.kopie and not onderweg.kopie_past(oordeel)):
        return None
    if waar == onderweg.UITGEVOERD:
        return _kijk_wat_er_misgaat(oordeel, stap)
    return _los_het_op(oordeel, stap)


def _maak_het_model_af(oordeel: Oordeel, stap: Stap) -> Hint:
    model, les = oordeel.verslag.modelkolommen, kolommen_na(stap.nummer)
    mist = [
        kolom if tabel in oordeel.verslag.model else tabel
        for tabel, kolom in les
        if (tabel, kolom) not in model
    ]
    over = [kolom for tabel, kolom in stap.weg if (tabel, kolom) in model]
    wat = f'`{mist[0]}` ontbreekt nog' if mist else f'`{over[0]}` staat er nog in'
    return Hint(f'Je model is nog niet af: {wat}.', _lees_verder(stap, DOET))


def _maak_de_migratie(oordeel: Oordeel, afwijking: Afwijking, stap: Stap) -> Hint:
    verwijst = any(kolom.verwijst_naar for kolom in stap.erbij)
    if verwijst and 'uq' not in oordeel.verslag.namen:
        return Hint('De vaste namen voor constraints ontbreken nog.', _lees_verder(stap, DOET))
    doe = doen.migreer(oordeel, stap.naam_van_migratie)
    if stap.zelf:
        doe = 'Maak een leeg script:', daden.FlaskDb(('revision',), stap.naam_van_migratie)
    if oordeel.fout:
        doe = doe, _bij_een_fout(stap)
    elif stap.eerst and oordeel.model_is_anders(kolommen_na(stap.nummer)[stap.eerst.plek]):
        doe = _of_al_gedaan('het script weggegooid', doe)
    return Hint(doen.nog_niet_in_een_migratie(afwijking), doe)


def _voer_het_script_uit(oordeel: Oordeel, stap: Stap) -> Hint:
    wat = doen.ligt_klaar(oordeel, oordeel.oefenmap.revisies[-1])
    hier, in_kopie = (d.rijen.get(TABEL, 0) for d in (oordeel.database, oordeel.kopie))
    if stap.kopie and in_kopie > hier:
        # Een nieuwe kopie gaat over de oude heen.
        return Hint(
            f'{wat} In `{KOPIE}` staan meer rijen ({in_kopie}) dan in `{DATABASE}` ({hier}).',
            'Houd die kopie apart.',
            daden.Hernoem(KOPIE, 'bewaar_oud.sqlite'),
        )
    if stap.kopie and not onderweg.kopie_past(oordeel):
        return Hint(wat, 'Maak eerst een kopie:', daden.Kopieer(DATABASE, KOPIE))
    doe = 'Lees het na, en voer het uit:', UPGRADE
    if stap.melding:
        doe = doe, _bij_een_fout(stap)
    elif stap.kopie:
        doe = _of_al_gedaan('de kopie teruggezet', doe)
    elif not stap.weg:
        doe = _of_al_gedaan('`flask db downgrade` gedaan', doe)
    return Hint(wat, doe)


def _kijk_wat_er_misgaat(oordeel: Oordeel, stap: Stap) -> Hint:
    wat = 'De upgrade is gelukt, maar de stap is nog niet klaar.'
    if all(afwijking.soort == 'downgrade' for afwijking in oordeel.afwijkingen):
        return Hint(wat, 'Probeer ook de weg terug:', doen.DOWNGRADE)
    return Hint(wat, f'Kijk in `flask shell`. {_lees_verder(stap, MIS)}')


def _los_het_op(oordeel: Oordeel, stap: Stap) -> Hint:
    wat = 'De migratie is teruggedraaid.'
    if stap.zelf:
        return Hint(wat, 'Ga weer vooruit:', UPGRADE, _bij_een_fout(stap))
    if stap.kopie:
        return Hint(
            f'{wat} {_lees_verder(stap, OPLOSSEN)}',
            'Daar zet je de kopie terug:',
            daden.zet_kopie_terug(oordeel.oefenmap.pad, KOPIE),
        )
    return Hint(wat, f'Kijk in `flask shell`. {_lees_verder(stap, MIS)}')


def _lees_verder(stap: Stap, kop: str) -> str:
    return f'Dit hoort bij stap {stap.nummer}: lees verder bij *{kop}*.'


def _bij_een_fout(stap: Stap) -> str:
    return f'Zie je een fout? {_lees_verder(stap, MIS)}'


def _of_al_gedaan(wat: str, doe: doen.Doe) -> doen.Doe:
    # Wat de les daarna doet staat voorop: wie alleen de opdracht typt, is weer bij de fout.
    verder = f'Heb je net {wat}? Lees dan verder na die opdracht, bij *{OPLOSSEN}*.'
    return f'{verder}\nNog niet?', doe
