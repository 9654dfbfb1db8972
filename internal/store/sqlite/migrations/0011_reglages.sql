-- +goose Up

-- The settings of an organisme, JSON: the text of each that is not the default one,
-- by its name. The guard's threshold is one of them.
ALTER TABLE organisme ADD COLUMN reglages TEXT NOT NULL DEFAULT '{}';
UPDATE organisme SET reglages = '{"garde.archivage":"' || CAST(seuil_archivage AS TEXT) || '"}' WHERE seuil_archivage <> 30;
ALTER TABLE organisme DROP COLUMN seuil_archivage;

-- Who changed which setting.
CREATE TABLE reglage (
    organisme_id INTEGER NOT NULL REFERENCES organisme (id),
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    cle          TEXT NOT NULL,
    avant        TEXT NOT NULL,
    apres        TEXT NOT NULL,
    par          TEXT NOT NULL,
    jeton_id     INTEGER, -- NULL: not a token
    le           INTEGER NOT NULL -- Unix milliseconds
);
CREATE INDEX reglage_organisme ON reglage (organisme_id, id);

-- What is to be remembered about a line of the journal beside its counts.
CREATE TABLE note (
    organisme_id       INTEGER NOT NULL REFERENCES organisme (id),
    synchronisation_id INTEGER NOT NULL,
    nature             TEXT NOT NULL, -- garde, confirme, refus
    contenu            BLOB NOT NULL, -- JSON
    PRIMARY KEY (organisme_id, synchronisation_id, nature)
) WITHOUT ROWID;
