-- +goose Up

-- What an account may do in an organisme that is not its own: one person, several
-- organismes, a role in each.
CREATE TABLE acces (
    organisme_id BIGINT NOT NULL REFERENCES organisme (id),
    compte_id    BIGINT NOT NULL REFERENCES compte (id),
    role         TEXT    NOT NULL,
    cree_le      BIGINT NOT NULL, -- Unix milliseconds
    PRIMARY KEY (organisme_id, compte_id)
);
CREATE INDEX acces_compte ON acces (compte_id);
