-- +goose Up

-- How the columns of an organisme's exports feed a contract, each version that
-- an import was recorded with.
CREATE TABLE matrice (
    organisme_id INTEGER NOT NULL REFERENCES organisme (id),
    version      INTEGER NOT NULL,
    document     TEXT    NOT NULL,
    par          TEXT    NOT NULL,
    le           INTEGER NOT NULL,
    PRIMARY KEY (organisme_id, version)
);

-- A file that was dropped to be imported.
CREATE TABLE import (
    organisme_id       INTEGER NOT NULL REFERENCES organisme (id),
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    nom                TEXT    NOT NULL, -- of the file
    taille             INTEGER NOT NULL, -- in bytes, 0 once the file is erased
    empreinte          BLOB    NOT NULL, -- SHA-256 of the file
    feuille            TEXT    NOT NULL,
    matrice            TEXT    NOT NULL,
    origine_matrice    TEXT    NOT NULL, -- memoire, proposition, choix
    etat               TEXT    NOT NULL, -- attente, retenu, importe
    synchronisation_id INTEGER,
    par                TEXT    NOT NULL,
    depose_le          INTEGER NOT NULL,
    efface_le          INTEGER
);
CREATE INDEX import_organisme ON import (organisme_id, id);

-- The file itself, compressed, in parts.
CREATE TABLE import_partie (
    organisme_id INTEGER NOT NULL,
    import_id    INTEGER NOT NULL,
    partie       INTEGER NOT NULL,
    contenu      BLOB    NOT NULL,
    PRIMARY KEY (organisme_id, import_id, partie)
);
