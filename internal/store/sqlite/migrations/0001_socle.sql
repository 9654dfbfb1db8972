-- +goose Up

CREATE TABLE organisme (
    id                       INTEGER PRIMARY KEY AUTOINCREMENT,
    nom                      TEXT    NOT NULL,
    sandbox                  INTEGER NOT NULL,
    seuil_archivage          INTEGER NOT NULL DEFAULT 30, -- percent; 100 turns the guard off
    rythme_ms                INTEGER,                     -- expected time between pushes; NULL: learnt from the journal
    derniere_synchronisation INTEGER NOT NULL DEFAULT 0,  -- the counter of synchronisation.id
    cree_le                  INTEGER NOT NULL             -- every time is in Unix milliseconds
);

CREATE TABLE societe (
    organisme_id INTEGER NOT NULL REFERENCES organisme (id),
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    nom          TEXT    NOT NULL,
    siret        TEXT    NOT NULL DEFAULT '',
    cree_le      INTEGER NOT NULL
);
CREATE INDEX societe_organisme ON societe (organisme_id);

CREATE TABLE partenaire (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    nom     TEXT    NOT NULL,
    secret  BLOB    NOT NULL, -- SHA-256
    cree_le INTEGER NOT NULL
);

CREATE TABLE jeton (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    organisme_id  INTEGER REFERENCES organisme (id), -- NULL: a cabinet token
    partenaire_id INTEGER REFERENCES partenaire (id),
    empreinte     BLOB    NOT NULL UNIQUE, -- SHA-256 of the token
    droits        TEXT    NOT NULL,        -- comma-separated
    prenom        TEXT    NOT NULL DEFAULT '',
    nom           TEXT    NOT NULL DEFAULT '',
    expire_le     INTEGER,
    revoque_le    INTEGER,
    servi_le      INTEGER,
    cree_le       INTEGER NOT NULL
);

CREATE TABLE synchronisation (
    organisme_id INTEGER NOT NULL REFERENCES organisme (id),
    id           INTEGER NOT NULL, -- 1, 2, 3… of the organisme, in order of application
    origine      TEXT    NOT NULL,
    etat         TEXT    NOT NULL,
    lien         INTEGER,          -- the synchronisation that this one undoes or confirms
    jeton_id     INTEGER,
    par          TEXT    NOT NULL,
    debut        INTEGER NOT NULL,
    duree_ms     INTEGER NOT NULL,
    total        INTEGER NOT NULL,
    ajoutes      INTEGER NOT NULL,
    ranimes      INTEGER NOT NULL, -- among ajoutes: contracts that had been archived
    modifies     INTEGER NOT NULL,
    identiques   INTEGER NOT NULL,
    archives     INTEGER NOT NULL,
    refuses      INTEGER NOT NULL,
    integres     INTEGER NOT NULL,
    PRIMARY KEY (organisme_id, id)
) WITHOUT ROWID;

-- A version of a contract: what it said from one synchronisation (depuis,
-- included) to another (jusqua, excluded; NULL while it is active).
CREATE TABLE contrat (
    organisme_id INTEGER NOT NULL,
    code_contrat TEXT    NOT NULL,
    depuis       INTEGER NOT NULL,
    jusqua       INTEGER,
    empreinte    BLOB    NOT NULL, -- first 16 bytes of the SHA-256 of document
    profil_id    INTEGER NOT NULL,
    document     TEXT    NOT NULL
);
CREATE INDEX contrat_actif  ON contrat (organisme_id, code_contrat, empreinte, profil_id) WHERE jusqua IS NULL;
CREATE INDEX contrat_clos   ON contrat (organisme_id, code_contrat, jusqua) WHERE jusqua IS NOT NULL;
CREATE INDEX contrat_depuis ON contrat (organisme_id, depuis);
CREATE INDEX contrat_jusqua ON contrat (organisme_id, jusqua) WHERE jusqua IS NOT NULL;

CREATE TABLE modele (
    organisme_id INTEGER NOT NULL REFERENCES organisme (id),
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    nom          TEXT    NOT NULL,
    criteres     TEXT    NOT NULL, -- JSON
    actif        INTEGER NOT NULL,
    cree_le      INTEGER NOT NULL,
    modifie_le   INTEGER NOT NULL
);
CREATE INDEX modele_organisme ON modele (organisme_id, id);

CREATE TABLE session (
    organisme_id   INTEGER NOT NULL REFERENCES organisme (id),
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    cle            BLOB   NOT NULL, -- first 16 bytes of the SHA-256 of its five codes
    code_site      TEXT NOT NULL, nom_site      TEXT NOT NULL,
    code_periode   TEXT NOT NULL, nom_periode   TEXT NOT NULL,
    code_formation TEXT NOT NULL, nom_formation TEXT NOT NULL,
    code_annee     TEXT NOT NULL, nom_annee     TEXT NOT NULL,
    code_groupe    TEXT NOT NULL, nom_groupe    TEXT NOT NULL,
    cree_le        INTEGER NOT NULL,
    UNIQUE (organisme_id, cle)
);

-- A combination of the values that integration looks at; contracts that share
-- it share its session, or the reason why they have none.
CREATE TABLE profil (
    organisme_id   INTEGER NOT NULL REFERENCES organisme (id),
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    cle            BLOB    NOT NULL, -- first 16 bytes of the SHA-256 of the values
    code_groupe    TEXT NOT NULL, nom_groupe    TEXT NOT NULL,
    code_site      TEXT NOT NULL, nom_site      TEXT NOT NULL,
    code_periode   TEXT NOT NULL, nom_periode   TEXT NOT NULL,
    code_formation TEXT NOT NULL, nom_formation TEXT NOT NULL,
    code_annee     TEXT NOT NULL, nom_annee     TEXT NOT NULL,
    code_marque    TEXT NOT NULL, nom_marque    TEXT NOT NULL,
    month_start    TEXT NOT NULL, rncp          TEXT NOT NULL,
    effectif       INTEGER NOT NULL, -- active contracts
    session_id     INTEGER,
    modele_id      INTEGER,
    motif          TEXT    NOT NULL, -- why there is no session: '', aucun-modele, modeles-ambigus
    modeles        TEXT    NOT NULL, -- JSON list of the ids of ambiguous modèles
    motif_depuis   INTEGER NOT NULL,
    UNIQUE (organisme_id, cle)
);

CREATE TABLE personne (
    organisme_id INTEGER NOT NULL,
    code         TEXT    NOT NULL,
    role         INTEGER NOT NULL, -- 0 apprenant, 1 personnel, 2 maître d'apprentissage
    email        TEXT    NOT NULL, -- lower case
    nom          TEXT    NOT NULL,
    prenom       TEXT    NOT NULL,
    effectif     INTEGER NOT NULL, -- times that active contracts name them
    PRIMARY KEY (organisme_id, code)
) WITHOUT ROWID;
CREATE INDEX personne_email ON personne (organisme_id, email);

CREATE TABLE anomalie (
    organisme_id    INTEGER NOT NULL REFERENCES organisme (id),
    rang            INTEGER NOT NULL,
    nature          TEXT    NOT NULL, -- refus, avertissement
    position        INTEGER NOT NULL, -- index in the push
    code_contrat    TEXT    NOT NULL,
    champ           TEXT    NOT NULL,
    code            TEXT    NOT NULL,
    message         TEXT    NOT NULL,
    oppose_a        TEXT    NOT NULL,
    depuis          INTEGER NOT NULL,
    PRIMARY KEY (organisme_id, rang)
) WITHOUT ROWID;

-- The contents of a push that waits for a confirmation, compressed.
CREATE TABLE push_retenu (
    organisme_id       INTEGER NOT NULL,
    synchronisation_id INTEGER NOT NULL,
    partie             INTEGER NOT NULL,
    contenu            BLOB    NOT NULL,
    PRIMARY KEY (organisme_id, synchronisation_id, partie)
);
