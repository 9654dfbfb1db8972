-- +goose Up

-- 1: its contracts are to be placed again, once, because what modèles match has
-- changed since (RNCP38362 is what 38362 is). It may be set again by a migration that
-- follows another change of these rules.
ALTER TABLE organisme ADD COLUMN a_replacer BIGINT NOT NULL DEFAULT 0;
UPDATE organisme SET a_replacer = 1;
