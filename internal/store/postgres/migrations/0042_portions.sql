-- +goose Up

-- Nothing is stored in portions here, where organismes do not wait for each other; the
-- queries are those of SQLite.
CREATE TABLE portion (
    organisme_id BIGINT NOT NULL,
    cle          BIGINT NOT NULL,
    depuis       BIGINT NOT NULL,
    PRIMARY KEY (organisme_id)
);
ALTER TABLE personne ADD COLUMN portion BIGINT;
