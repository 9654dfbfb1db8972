-- +goose Up

-- How often the organisme was written to, so that what was worked out from a snapshot
-- is known to hold still. Counted on SQLite alone, where writers wait for each other.
ALTER TABLE organisme ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;
