"""De controle, in de volgorde waarin de gegevens erdoor gaan.

    oefenmap, tabellen      lezen een map en een database, zonder iets uit te voeren
    naspelen, kindproces    spelen de migraties van de leerling na, in een eigen proces
      vullen, vergelijken   met verzonnen rijen, en met het model ernaast
    afwijking, oordeel,
      bestanden,
      beoordeling           feiten: welke stappen af zijn, en wat er niet klopt
    hints/                  woorden en daden: wat er is, en het ene ding om te doen
    proberen                doet een hint op een kopie, en zegt of zij helpt
    vertelling              wat de leerling leest

Geen bestand importeert er een dat lager staat.
"""
