-- +goose Up

-- A day after which none of a profil's archived contracts ran, so that a ventilation
-- does not read profils of long ago.
ALTER TABLE partis ADD COLUMN dernier BIGINT NOT NULL DEFAULT 2147483647;
UPDATE partis SET dernier = COALESCE((SELECT MAX(v.dernier) FROM vie v
    WHERE v.organisme_id = partis.organisme_id AND v.profil_id = partis.profil_id AND v.ranime IS NULL), dernier)
WHERE effectif > 0;

-- All that a ventilation reads.
DROP INDEX vie_dernier;
CREATE INDEX vie_dernier ON vie (organisme_id, dernier, debut) INCLUDE (profil_id, presumee, code_contrat, apprenant) WHERE ranime IS NULL;
