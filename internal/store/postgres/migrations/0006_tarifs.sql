-- +goose Up

-- The price lists of an organisme. An import adds one and changes none: what an
-- older list gave can be given again.
CREATE TABLE liste_tarifs (
    organisme_id BIGINT NOT NULL REFERENCES organisme (id),
    rang         BIGINT NOT NULL, -- 1, 2, 3… of the organisme; the highest is the one in use
    cree_le      BIGINT NOT NULL,
    par          TEXT NOT NULL,
    effectif     BIGINT NOT NULL, -- rows of tarif
    PRIMARY KEY (organisme_id, rang)
);

CREATE TABLE tarif (
    organisme_id BIGINT NOT NULL,
    liste        BIGINT NOT NULL, -- rang of liste_tarifs
    rang         BIGINT NOT NULL, -- 0, 1, 2… in the order of the list
    genre        TEXT NOT NULL, -- formation or rncp
    code         TEXT NOT NULL,
    montant      BIGINT NOT NULL, -- cents per year
    debut        BIGINT NOT NULL, -- validity, days since 1970-01-01
    fin          BIGINT NOT NULL,
    PRIMARY KEY (organisme_id, liste, rang)
);

-- The price list that the ventilation of a closing was made with, 0 for none.
ALTER TABLE cloture ADD COLUMN liste_tarifs BIGINT NOT NULL DEFAULT 0;
