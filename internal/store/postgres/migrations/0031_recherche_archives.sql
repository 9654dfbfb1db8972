-- +goose Up

-- What was archived, and what came back, since a synchronisation: a search of what ended
-- reads no more than that.
CREATE INDEX vie_archivage ON vie (organisme_id, archivage) WHERE ranime IS NULL;
CREATE INDEX vie_ranime ON vie (organisme_id, ranime) WHERE ranime IS NOT NULL;
