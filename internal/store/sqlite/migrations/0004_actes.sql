-- +goose Up

-- What was done to personal data, without the data.
CREATE TABLE acte (
    organisme_id INTEGER NOT NULL REFERENCES organisme (id),
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    nature       TEXT    NOT NULL, -- export, effacement, purge
    par          TEXT    NOT NULL,
    le           INTEGER NOT NULL,
    contrats     INTEGER NOT NULL,
    versions     INTEGER NOT NULL
);
CREATE INDEX acte_organisme ON acte (organisme_id, id);
