-- +goose Up

-- Which software a token was given to, and how the token begins: what tells tokens
-- apart at a glance, and opens nothing.
ALTER TABLE jeton ADD COLUMN logiciel TEXT NOT NULL DEFAULT '';
ALTER TABLE jeton ADD COLUMN debut TEXT NOT NULL DEFAULT '';

-- The last calls of a token: the route as a pattern and the status, never a body,
-- an id or a query.
CREATE TABLE appel (
    organisme_id INTEGER NOT NULL REFERENCES organisme (id),
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    jeton_id     INTEGER NOT NULL,
    methode      TEXT    NOT NULL,
    route        TEXT    NOT NULL,
    statut       INTEGER NOT NULL,
    duree_ms     INTEGER NOT NULL,
    le           INTEGER NOT NULL
);
CREATE INDEX appel_jeton ON appel (organisme_id, jeton_id, id);
