-- +goose Up

-- An edition of the table of amounts may be that of one organisme alone, which
-- imported it; the others are those of every organisme.
ALTER TABLE npec_edition ADD COLUMN organisme_id INTEGER REFERENCES organisme (id);
