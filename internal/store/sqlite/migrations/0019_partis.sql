-- +goose Up

-- With ranime, which is NULL in all of it, the index alone answers what is asked of it.
DROP INDEX vie_dernier;
CREATE INDEX vie_dernier ON vie (organisme_id, dernier, debut, profil_id, presumee, apprenant, entreprise, ranime) WHERE ranime IS NULL;
DROP INDEX vie_presumee;
CREATE INDEX vie_presumee ON vie (organisme_id, debut, ranime, presumee) WHERE ranime IS NULL AND presumee = 1;

-- How many archived contracts have a profil, so that those that a ventilation need
-- not read are not even counted.
CREATE TABLE partis (
    organisme_id INTEGER NOT NULL,
    profil_id    INTEGER NOT NULL,
    effectif     INTEGER NOT NULL,
    PRIMARY KEY (organisme_id, profil_id)
) WITHOUT ROWID;
INSERT INTO partis (organisme_id, profil_id, effectif)
SELECT organisme_id, profil_id, COUNT(*) FROM vie WHERE ranime IS NULL GROUP BY organisme_id, profil_id;
