-- +goose Up

-- The reference by which the accountants' own software knows a société, '' for none.
ALTER TABLE societe ADD COLUMN reference TEXT NOT NULL DEFAULT '';
