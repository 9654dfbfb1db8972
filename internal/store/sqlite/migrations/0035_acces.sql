-- +goose Up

-- What an account may do in an organisme that is not its own: one person, several
-- organismes, a role in each.
CREATE TABLE acces (
    organisme_id INTEGER NOT NULL REFERENCES organisme (id),
    compte_id    INTEGER NOT NULL REFERENCES compte (id),
    role         TEXT    NOT NULL,
    cree_le      INTEGER NOT NULL, -- Unix milliseconds
    PRIMARY KEY (organisme_id, compte_id)
) WITHOUT ROWID;
CREATE INDEX acces_compte ON acces (compte_id);
