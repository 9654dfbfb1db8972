-- +goose Up

-- The price lists of an organisme. An import adds one and changes none: what an
-- older list gave can be given again.
CREATE TABLE liste_tarifs (
    organisme_id INTEGER NOT NULL REFERENCES organisme (id),
    rang         INTEGER NOT NULL, -- 1, 2, 3… of the organisme; the highest is the one in use
    cree_le      INTEGER NOT NULL,
    par          TEXT NOT NULL,
    effectif     INTEGER NOT NULL, -- rows of tarif
    PRIMARY KEY (organisme_id, rang)
) WITHOUT ROWID;

CREATE TABLE tarif (
    organisme_id INTEGER NOT NULL,
    liste        INTEGER NOT NULL, -- rang of liste_tarifs
    rang         INTEGER NOT NULL, -- 0, 1, 2… in the order of the list
    genre        TEXT NOT NULL, -- formation or rncp
    code         TEXT NOT NULL,
    montant      INTEGER NOT NULL, -- cents per year
    debut        INTEGER NOT NULL, -- validity, days since 1970-01-01
    fin          INTEGER NOT NULL,
    PRIMARY KEY (organisme_id, liste, rang)
) WITHOUT ROWID;

-- The price list that the ventilation of a closing was made with, 0 for none.
ALTER TABLE cloture ADD COLUMN liste_tarifs INTEGER NOT NULL DEFAULT 0;
