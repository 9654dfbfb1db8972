-- +goose Up

-- The synchronisation of an organisme that is being stored in portions: while it is here,
-- versions that begin with it (contrat.depuis) and people who come with it
-- (personne.portion) are not there.
CREATE TABLE portion (
    organisme_id INTEGER NOT NULL,
    cle          INTEGER NOT NULL, -- of whoever stores it: nobody else goes on with it
    depuis       INTEGER NOT NULL,
    PRIMARY KEY (organisme_id)
) WITHOUT ROWID;
ALTER TABLE personne ADD COLUMN portion INTEGER; -- NULL: stored whole

-- With depuis, the index alone says which active contracts are there.
DROP INDEX contrat_actif;
CREATE INDEX contrat_actif ON contrat (organisme_id, code_contrat, empreinte, profil_id, depuis) WHERE jusqua IS NULL;
