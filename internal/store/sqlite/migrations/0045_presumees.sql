-- +goose Up

-- With dernier, the index alone puts presumed ends in the order of the days at stake.
DROP INDEX vie_presumee;
CREATE INDEX vie_presumees ON vie (organisme_id, debut, dernier, ranime, presumee) WHERE ranime IS NULL AND presumee = 1;
