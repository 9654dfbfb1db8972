-- +goose Up

ALTER TABLE societe ADD COLUMN immatriculation INTEGER; -- days since 1970-01-01, as every date; NULL: not known

CREATE TABLE exercice (
    organisme_id       INTEGER NOT NULL REFERENCES organisme (id),
    societe_id         INTEGER NOT NULL,
    id                 INTEGER PRIMARY KEY AUTOINCREMENT, -- producerId, exercice_id
    debut              INTEGER NOT NULL,
    fin                INTEGER NOT NULL,
    lettrage           TEXT    NOT NULL,
    clos_le            INTEGER,          -- NULL: open
    clos_par           INTEGER,          -- id of the person
    clos_prenom        TEXT    NOT NULL DEFAULT '',
    clos_nom           TEXT    NOT NULL DEFAULT '',
    report_a_nouveau   INTEGER NOT NULL DEFAULT 0,
    review_model_id    INTEGER NOT NULL DEFAULT 0,
    review_model_label TEXT    NOT NULL DEFAULT ''
);
CREATE INDEX exercice_societe ON exercice (organisme_id, societe_id, debut);

-- What happened to an exercice: the whole of it, as the change left it.
CREATE TABLE evenement_exercice (
    organisme_id INTEGER NOT NULL,
    societe_id   INTEGER NOT NULL,
    rang         INTEGER NOT NULL, -- 1, 2, 3… of the société, in order of recording
    quand        INTEGER NOT NULL,
    genre        TEXT    NOT NULL,
    jeton_id     INTEGER,          -- NULL: the command line
    par          TEXT    NOT NULL,
    exercice     TEXT    NOT NULL, -- JSON
    PRIMARY KEY (organisme_id, societe_id, rang)
) WITHOUT ROWID;

-- The closings of a société, each chained to the one before by its digest.
CREATE TABLE cloture (
    organisme_id INTEGER NOT NULL,
    societe_id   INTEGER NOT NULL,
    rang         INTEGER NOT NULL, -- 1, 2, 3… of the société
    exercice_id  INTEGER NOT NULL,
    quand_us     INTEGER NOT NULL, -- Unix microseconds, as the digest has them
    ventilation  BLOB    NOT NULL, -- SHA-256; 32 zeros where none was recorded
    synchronisation_id INTEGER NOT NULL, -- the latest when it was recorded: the contracts that ventilation is about
    precedent    BLOB    NOT NULL, -- SHA-256; 32 zeros for the first
    empreinte    BLOB    NOT NULL, -- SHA-256
    PRIMARY KEY (organisme_id, societe_id, rang)
) WITHOUT ROWID;

-- The first answer to a request that carried an Idempotency-Key.
CREATE TABLE reponse (
    organisme_id INTEGER NOT NULL,
    societe_id   INTEGER NOT NULL,
    jeton_id     INTEGER NOT NULL,
    cle          TEXT    NOT NULL,
    demande      BLOB    NOT NULL, -- SHA-256 of the request
    statut       INTEGER NOT NULL,
    corps        BLOB    NOT NULL,
    cree_le      INTEGER NOT NULL,
    PRIMARY KEY (organisme_id, societe_id, jeton_id, cle)
) WITHOUT ROWID;
CREATE INDEX reponse_age ON reponse (cree_le);
