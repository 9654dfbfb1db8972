-- +goose Up

-- The balances at risk that webhooks were told of, each once. It
-- exists already where 0014 was applied while it still made it.
CREATE TABLE IF NOT EXISTS risque_dit (
    organisme_id INTEGER NOT NULL,
    code_contrat TEXT    NOT NULL,
    au_plus_tard INTEGER NOT NULL, -- days since 1970-01-01
    PRIMARY KEY (organisme_id, code_contrat, au_plus_tard)
) WITHOUT ROWID;
