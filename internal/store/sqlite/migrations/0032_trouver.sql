-- +goose Up

-- Lists that a person comes back to: where they are, without what was typed in a search.
CREATE TABLE filtre (
    organisme_id INTEGER NOT NULL REFERENCES organisme (id),
    compte_id    INTEGER NOT NULL,
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    nom          TEXT    NOT NULL,
    adresse      TEXT    NOT NULL,
    cree_le      INTEGER NOT NULL
);
CREATE INDEX filtre_compte ON filtre (organisme_id, compte_id, id);

-- Calendars that a program follows at a private address.
CREATE TABLE abonnement (
    organisme_id INTEGER NOT NULL REFERENCES organisme (id),
    compte_id    INTEGER NOT NULL, -- whose it is, and whose role says what is in it
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    empreinte    BLOB    NOT NULL, -- SHA-256 of what the address holds
    session_id   INTEGER NOT NULL, -- 0: everything that the role is about
    cree_le      INTEGER NOT NULL,
    servi_le     INTEGER,
    UNIQUE (organisme_id, empreinte)
);
CREATE INDEX abonnement_compte ON abonnement (organisme_id, compte_id, id);

-- What people wrote about an anomaly, and when they asked whom to mend it: about one rule in one
-- field of one contract, for as long as it lasts.
CREATE TABLE suivi_anomalie (
    organisme_id INTEGER NOT NULL REFERENCES organisme (id),
    code_contrat TEXT    NOT NULL,
    champ        TEXT    NOT NULL,
    code         TEXT    NOT NULL,
    note         TEXT    NOT NULL,
    demande_a    TEXT    NOT NULL, -- '' for nobody
    demande_le   INTEGER,
    par          TEXT    NOT NULL,
    le           INTEGER NOT NULL,
    PRIMARY KEY (organisme_id, code_contrat, champ, code)
) WITHOUT ROWID;

-- Of what a push left to correct: whose contract it is, where, and the value that came.
ALTER TABLE anomalie ADD COLUMN apprenant TEXT NOT NULL DEFAULT '';
ALTER TABLE anomalie ADD COLUMN site      TEXT NOT NULL DEFAULT '';
ALTER TABLE anomalie ADD COLUMN valeur    TEXT NOT NULL DEFAULT '';
