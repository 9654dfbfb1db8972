-- +goose Up

-- Contracts that ended are found by their apprentice.
CREATE INDEX vie_apprenant ON vie (organisme_id, apprenant);
