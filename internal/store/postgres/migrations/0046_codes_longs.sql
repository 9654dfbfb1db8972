-- +goose Up

-- Without code_contrat and apprenant, of which two long ones are more than a row of an index may hold:
-- their contract could not be archived.
DROP INDEX vie_dernier;
CREATE INDEX vie_dernier ON vie (organisme_id, dernier, debut) INCLUDE (profil_id, presumee) WHERE ranime IS NULL;
