-- +goose Up

-- An address that is told what happens in an organisme.
CREATE TABLE webhook (
    organisme_id  INTEGER NOT NULL REFERENCES organisme (id),
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    nom           TEXT NOT NULL,
    url           TEXT NOT NULL,
    evenements    TEXT NOT NULL,           -- types, separated by commas; '' for all
    actif         INTEGER NOT NULL,
    motif         TEXT NOT NULL DEFAULT '', -- why the hub turned it off
    secret        TEXT NOT NULL,           -- signing needs the secret itself
    ancien_secret TEXT NOT NULL DEFAULT '',
    ancien_jusqua INTEGER NOT NULL DEFAULT 0,  -- until when the one before signs too
    echecs        INTEGER NOT NULL DEFAULT 0,  -- attempts that failed since the last success
    echec_le      INTEGER,                     -- the first of them
    prochain_le   INTEGER NOT NULL DEFAULT 0,  -- no attempt before
    bail          TEXT NOT NULL DEFAULT '', -- which process delivers to it
    bail_jusqua   INTEGER NOT NULL DEFAULT 0,
    cree_le       INTEGER NOT NULL
);
CREATE INDEX webhook_organisme ON webhook (organisme_id, id);
-- One event on its way to one webhook. It is written in the transaction of what
-- it tells; in the order of the ids, which is that of the organisme's lock, it is
-- delivered.
CREATE TABLE livraison (
    organisme_id INTEGER NOT NULL REFERENCES organisme (id),
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook_id   INTEGER NOT NULL,
    evenement    TEXT NOT NULL, -- the webhook-id header
    type         TEXT NOT NULL,
    contenu      TEXT NOT NULL, -- the body
    etat         TEXT NOT NULL, -- attente, livree, abandonnee
    cree_le      INTEGER NOT NULL,
    essais       INTEGER NOT NULL DEFAULT 0,
    essai_le     INTEGER,
    finie_le     INTEGER,
    statut       INTEGER NOT NULL DEFAULT 0, -- HTTP status of the last answer
    erreur       TEXT NOT NULL DEFAULT ''
);
CREATE INDEX livraison_webhook ON livraison (organisme_id, webhook_id, id);
CREATE INDEX livraison_attente ON livraison (organisme_id, webhook_id, id) WHERE etat = 'attente';

-- The silence that the webhooks of an organisme were told of: that after the push
-- of a moment.
CREATE TABLE silence (
    organisme_id INTEGER NOT NULL REFERENCES organisme (id),
    dernier      INTEGER NOT NULL,
    PRIMARY KEY (organisme_id)
) WITHOUT ROWID;
