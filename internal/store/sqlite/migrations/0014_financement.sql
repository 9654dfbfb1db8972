-- +goose Up

-- The editions of the table of amounts that France compétences publishes. It is the
-- same for every organisme. An import adds an edition and changes none: what an
-- older one gave can be given again.
CREATE TABLE npec_edition (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    depuis         INTEGER NOT NULL, -- first day of its reign, days since 1970-01-01
    fichier        TEXT    NOT NULL, -- name of the workbook
    empreinte      BLOB    NOT NULL UNIQUE, -- SHA-256 of what it says
    importe_le     INTEGER NOT NULL, -- Unix milliseconds
    par            TEXT    NOT NULL,
    lignes         INTEGER NOT NULL, -- rows of the workbook
    montants       INTEGER NOT NULL, -- rows of npec_montant
    certifications INTEGER NOT NULL
);

CREATE TABLE npec_montant (
    edition_id INTEGER NOT NULL REFERENCES npec_edition (id),
    rncp       TEXT    NOT NULL, -- RNCP38362
    cpne       TEXT    NOT NULL, -- without leading zeros; '' for every branch
    depuis     INTEGER NOT NULL, -- the day from which it applies, 0 for always
    montant    INTEGER NOT NULL, -- cents a year
    statut     TEXT    NOT NULL,
    PRIMARY KEY (edition_id, rncp, cpne, depuis)
) WITHOUT ROWID;

CREATE TABLE npec_certification (
    edition_id    INTEGER NOT NULL REFERENCES npec_edition (id),
    rncp          TEXT    NOT NULL,
    intitule      TEXT    NOT NULL,
    certificateur TEXT    NOT NULL,
    diplome       TEXT    NOT NULL,
    PRIMARY KEY (edition_id, rncp)
) WITHOUT ROWID;

CREATE TABLE npec_cpne (
    edition_id INTEGER NOT NULL REFERENCES npec_edition (id),
    cpne       TEXT    NOT NULL,
    nom        TEXT    NOT NULL,
    idcc       TEXT    NOT NULL, -- its collective agreements, separated by blanks
    PRIMARY KEY (edition_id, cpne)
) WITHOUT ROWID;

-- What people took of the OPCO's figures, each decision ever made: the last one
-- about a contract counts.
CREATE TABLE montant_opco (
    organisme_id       INTEGER NOT NULL REFERENCES organisme (id),
    rang               INTEGER NOT NULL, -- 1, 2, 3… of the organisme, in order of recording
    code_contrat       TEXT    NOT NULL,
    montant            INTEGER, -- cents a year; NULL takes the one before back
    jeton_id           INTEGER, -- NULL: the console
    par                TEXT    NOT NULL,
    le                 INTEGER NOT NULL, -- Unix milliseconds
    synchronisation_id INTEGER NOT NULL, -- the latest one when it was recorded
    PRIMARY KEY (organisme_id, rang)
) WITHOUT ROWID;
CREATE INDEX montant_opco_contrat ON montant_opco (organisme_id, code_contrat, rang);

-- What OPCO announce. The lines of the last deposit that names a contract stand for
-- it.
CREATE TABLE echeancier (
    organisme_id INTEGER NOT NULL REFERENCES organisme (id),
    rang         INTEGER NOT NULL, -- 1, 2, 3… of the organisme
    depose_le    INTEGER NOT NULL,
    jeton_id     INTEGER,
    par          TEXT    NOT NULL,
    fichier      TEXT    NOT NULL, -- its name, '' where there is none
    lignes       INTEGER NOT NULL,
    PRIMARY KEY (organisme_id, rang)
) WITHOUT ROWID;

CREATE TABLE echeance_opco (
    organisme_id INTEGER NOT NULL,
    echeancier   INTEGER NOT NULL, -- rang of echeancier
    rang         INTEGER NOT NULL, -- 0, 1, 2… in the order of the file
    code_contrat TEXT    NOT NULL, -- '' where the file names a dossier
    dossier      TEXT    NOT NULL, -- number of the dossier, '' where the file names the contract
    date         INTEGER NOT NULL, -- days since 1970-01-01
    montant      INTEGER NOT NULL, -- cents
    PRIMARY KEY (organisme_id, echeancier, rang)
) WITHOUT ROWID;

-- What the amounts of a closing were made with, beside its synchronisation and
-- price list; no row where it holds no funding.
CREATE TABLE cloture_financement (
    organisme_id INTEGER NOT NULL,
    societe_id   INTEGER NOT NULL,
    rang         INTEGER NOT NULL, -- of cloture
    npec         INTEGER NOT NULL, -- the last edition that was known, 0 for none
    opco         INTEGER NOT NULL, -- rang of the last row of montant_opco that was known, 0 for none
    options      TEXT    NOT NULL, -- the settings, JSON
    PRIMARY KEY (organisme_id, societe_id, rang)
) WITHOUT ROWID;
