-- +goose Up

-- What a look at an import found out, for the state that it was held against. It
-- holds contracts: it goes where the file of the import goes.
CREATE TABLE import_apercu (
    organisme_id BIGINT NOT NULL REFERENCES organisme (id),
    import_id    BIGINT NOT NULL,
    ajoute       BIGINT NOT NULL, -- 1: as a file that archives nobody
    etat         TEXT NOT NULL, -- names the file, its mapping, the contracts and the settings
    contenu      BYTEA NOT NULL, -- compressed, at most some megabytes
    PRIMARY KEY (organisme_id, import_id, ajoute)
);
