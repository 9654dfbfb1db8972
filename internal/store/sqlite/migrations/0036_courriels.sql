-- +goose Up

-- How often a person is told by e-mail of where an organisme stands.
CREATE TABLE courriel (
    organisme_id INTEGER NOT NULL REFERENCES organisme (id),
    compte_id    INTEGER NOT NULL REFERENCES compte (id),
    rythme       TEXT    NOT NULL,            -- aussitot, jour, semaine
    prochain_le  INTEGER NOT NULL,            -- not before; Unix milliseconds
    dit          TEXT    NOT NULL DEFAULT '', -- what was last told, as a digest
    envoye_le    INTEGER,
    echecs       INTEGER NOT NULL DEFAULT 0,  -- since the last success
    bail         TEXT    NOT NULL DEFAULT '', -- which process is at it
    bail_jusqua  INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (organisme_id, compte_id)
) WITHOUT ROWID;

-- The private address at which a person follows an organisme.
CREATE TABLE flux (
    organisme_id INTEGER NOT NULL REFERENCES organisme (id),
    compte_id    INTEGER NOT NULL REFERENCES compte (id),
    empreinte    BLOB    NOT NULL, -- SHA-256 of the key in the address
    cree_le      INTEGER NOT NULL,
    PRIMARY KEY (organisme_id, compte_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX flux_empreinte ON flux (empreinte);
