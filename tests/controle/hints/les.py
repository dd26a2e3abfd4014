"""Halverwege een stap: wat de les nu laat doen, of onder welke kop ze verdergaat."""

from spelen.terug import halverwege
from stappen import CURSISTEN, DATABASE, KOPIE, KOPIE_VAN, TABEL, Stap, kolommen_na

from controle import onderweg
from controle.afwijking import Afwijking
from controle.hints import daden, doen
from controle.hints.doen import UPGRADE
from controle.hints.hint import Hint, hint
from controle.onderweg import MODEL, MODEL_HALF, SCRIPT, TERUGGEDRAAID
from controle.oordeel import Oordeel, namen_in

DOET, MIS, OPLOSSEN = 'Wat je doet', 'Wat er misgaat', 'Zo los je het op'
EEN_FOUT = 'een fout gezien'


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
    opnieuw = oordeel.gehaald == 1 and oordeel.database.rijen == {TABEL: len(CURSISTEN)}
    if opnieuw and not afwijking.gevonden:
        return Hint(
            'De map `migrations` is weg, `data.sqlite` is er nog.',
            'Begin je stap 1 opnieuw? Gooi dan ook de database weg:',
            daden.Verwijder(DATABASE),
        )


@hint()
def de_les_gaat_verder(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    stap, waar = onderweg.waar_in_de_stap(oordeel) or (None, None)
    if waar == MODEL_HALF:
        return _maak_het_model_af(oordeel, stap)
    if waar == MODEL:
        return _maak_de_migratie(oordeel, stap)
    if waar == SCRIPT:
        return _voer_het_script_uit(oordeel, stap)
    if waar is None or (stap.kopie and not onderweg.kopie_is_van_ervoor(oordeel)):
        return _er_is_geen_kopie(oordeel, stap) if stap else None
    return _kijk_wat_er_misgaat(oordeel, stap, waar == TERUGGEDRAAID)


def _maak_het_model_af(oordeel: Oordeel, stap: Stap) -> Hint | None:
    model, tabellen = oordeel.verslag.modelkolommen, oordeel.verslag.model
    mist = [plek for plek in kolommen_na(stap.nummer) if plek not in model]
    if any(doen.lees_klasse(oordeel, tabel) for tabel, _ in mist if tabel not in tabellen):
        return None
    wie = [f'`{k}`' if t in tabellen else f'de klasse `{doen.klasse_van(t)}`' for t, k in mist]
    wat = [f'{naam} ontbreekt nog' for naam in wie]
    wat += [f'`{plek[1]}` staat er nog in' for plek in stap.weg if plek in model]
    return Hint(f'Je model is nog niet af: {wat[0]}.', _lees_verder(stap, DOET))


def _maak_de_migratie(oordeel: Oordeel, stap: Stap) -> Hint:
    if any(kolom.verwijst_naar for kolom in stap.erbij) and 'uq' not in oordeel.verslag.namen:
        return Hint('De vaste namen voor constraints ontbreken nog.', _lees_verder(stap, DOET))
    doe = doen.migreer(oordeel, stap.naam_van_migratie)
    if stap.zelf:
        doe = 'Maak een leeg script:', daden.FlaskDb(('revision',), stap.naam_van_migratie)
    net = 'het script weggegooid' if onderweg.model_heeft_de_fout(oordeel, stap) else ''
    wat = doen.nog_niet_in_een_migratie(oordeel.afwijkingen[0])
    return Hint(wat, _vraag_eerst(oordeel, stap, net), doe)


def _voer_het_script_uit(oordeel: Oordeel, stap: Stap) -> Hint:
    wat = doen.ligt_klaar(oordeel, oordeel.oefenmap.revisies[-1])
    net = '' if stap.weg else '`flask db downgrade` gedaan'
    if stap.kopie:
        hier, in_kopie = (d.rijen.get(TABEL, 0) for d in (oordeel.database, oordeel.kopie))
        if in_kopie > hier:
            # Een nieuwe kopie gaat over de oude heen.
            wat += f' In `{KOPIE}` staan meer rijen ({in_kopie}) dan in `{DATABASE}` ({hier}).'
            return Hint(wat, 'Houd die kopie apart.', daden.Hernoem(KOPIE, KOPIE_VAN.format('oud')))
        if not onderweg.kopie_is_van_ervoor(oordeel):
            return Hint(wat, 'Maak eerst een kopie:', daden.Kopieer(DATABASE, KOPIE))
        terug = daden.in_een_zin(daden.Kopieer(KOPIE, DATABASE))
        net = f'de kopie teruggezet, met {terug}'
    return Hint(wat, _vraag_eerst(oordeel, stap, net), 'Lees het na, en voer het uit:', UPGRADE)


def _er_is_geen_kopie(oordeel: Oordeel, stap: Stap) -> Hint | None:
    gaan_weg = ('waarden', 'verloren') in stap.mis
    if gaan_weg and not namen_in(oordeel.database) and not oordeel.passende_kopie:
        return Hint(
            'De namen zijn weg: de upgrade maakte een lege kolom, en een downgrade haalt niets '
            'terug. Een kopie van ervoor is er niet.',
            'Doe deze stap opnieuw, en maak dan eerst een kopie.',
            doen.weg_terug(oordeel, stap.nummer - 1),
        )


def _kijk_wat_er_misgaat(oordeel: Oordeel, stap: Stap, teruggedraaid: bool) -> Hint:
    wat = 'De upgrade is gelukt, maar de stap is nog niet klaar.'
    if teruggedraaid:
        wat = 'De migratie is teruggedraaid.'
        if stap.zelf:
            return Hint(wat, _vraag_eerst(oordeel, stap, EEN_FOUT), 'Ga weer vooruit:', UPGRADE)
        if stap.kopie:
            terug = daden.zet_kopie_terug(oordeel.oefenmap.pad, KOPIE)
            return Hint(wat, _lees_verder(stap, OPLOSSEN), 'Daar zet je de kopie terug:', terug)
    elif all(afwijking.soort == 'downgrade' for afwijking in oordeel.afwijkingen):
        return Hint(wat, 'Probeer ook de weg terug:', doen.DOWNGRADE)
    return Hint(wat, f'Kijk in `flask shell`. {_lees_verder(stap, MIS)}')


def _lees_verder(stap: Stap, kop: str) -> str:
    return f'Dit hoort bij stap {stap.nummer}: lees verder bij *{kop}*.'


def _vraag_eerst(oordeel: Oordeel, stap: Stap, net: str) -> str:
    """Wat hij net kan hebben gedaan: wie alleen de opdracht eronder typt, is weer bij de fout."""
    net = EEN_FOUT if oordeel.fout else net
    verder = f'Lees dan verder na die opdracht, bij *{OPLOSSEN}*.'
    if net == EEN_FOUT:
        verder = _lees_verder(stap, MIS)
    if onderweg.model_heeft_de_fout(oordeel, stap):
        bestand = oordeel.oefenmap.bestand_met(stap.eerst.tabel).naam
        verder += f' `{stap.eerst.naam}` is in `{bestand}` nog niet verbeterd, of niet opgeslagen.'
    return f'Heb je net {net}? {verder}\nNog niet?' if net else ''
