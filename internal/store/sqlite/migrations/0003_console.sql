-- +goose Up

-- A person's access to the console.
CREATE TABLE compte (
    organisme_id INTEGER NOT NULL REFERENCES organisme (id),
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    email        TEXT NOT NULL UNIQUE, -- lower case
    nom          TEXT NOT NULL,
    prenom       TEXT NOT NULL,
    role         TEXT NOT NULL,
    mot_de_passe TEXT NOT NULL, -- argon2id, as a PHC string
    cree_le      INTEGER NOT NULL,
    desactive_le INTEGER,
    connecte_le  INTEGER
);
CREATE INDEX compte_organisme ON compte (organisme_id);

-- What the console remembers of a browser that is logged in.
CREATE TABLE session_console (
    empreinte BLOB NOT NULL PRIMARY KEY, -- SHA-256 of the cookie
    donnees   BLOB NOT NULL,
    expire_le INTEGER NOT NULL
);
CREATE INDEX session_console_expire ON session_console (expire_le);

-- Failed logins, counted by e-mail and by address, each as a SHA-256.
CREATE TABLE echec_connexion (
    cle    BLOB NOT NULL PRIMARY KEY,
    debut  INTEGER NOT NULL, -- of the span in which they are counted
    nombre INTEGER NOT NULL
);

-- The contracts that one synchronisation changed are listed by their codes from
-- the index alone.
DROP INDEX contrat_depuis;
CREATE INDEX contrat_depuis ON contrat (organisme_id, depuis, code_contrat);
DROP INDEX contrat_jusqua;
CREATE INDEX contrat_jusqua ON contrat (organisme_id, jusqua, code_contrat) WHERE jusqua IS NOT NULL;
