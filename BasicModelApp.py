import os

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

# De map waarin dit bestand staat: daar komt ook de database.
basedir = os.path.abspath(os.path.dirname(__file__))

app = Flask(__name__)

# Waar de database staat. De tweede regel houdt SQLAlchemy zuinig.
app.config['SQLALCHEMY_DATABASE_URI'] = 'sqlite:///' + os.path.join(basedir, 'data.sqlite')
app.config['SQLALCHEMY_TRACK_MODIFICATIONS'] = False

db = SQLAlchemy(app)

# Deze regel geeft je het commando flask db.
Migrate(app, db)


# Een model: de klasse beschrijft de tabel, elke db.Column een kolom.
class Cursist(db.Model):
    __tablename__ = 'cursisten'

    id = db.Column(db.Integer, primary_key=True)
    naam = db.Column(db.Text)
    leeftijd = db.Column(db.Integer)

    # Zo ziet een cursist eruit als je hem afdrukt.
    def __repr__(self):
        return f'Cursist {self.naam} is {self.leeftijd} jaar oud'
