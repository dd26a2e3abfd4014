"""Wat speel_les.py gebruikt: de les lezen, de weg terug, en wat je zonder de pakketten doet."""
