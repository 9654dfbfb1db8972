-- +goose Up

-- Contracts are kept as values (package document); what was stored before is documents
-- still, and both are read. These organismes have some that are to be kept anew, in the
-- background: how far that is. An earlier release cannot read values: it refuses this
-- schema.
CREATE TABLE reecriture (
    organisme_id BIGINT NOT NULL PRIMARY KEY REFERENCES organisme (id),
    clos         BIGINT NOT NULL, -- 0: it is at the active versions, 1: at those that ended
    code_contrat TEXT COLLATE "C" NOT NULL, -- the last one that was kept anew, by code and end
    jusqua       BIGINT NOT NULL
);
INSERT INTO reecriture (organisme_id, clos, code_contrat, jusqua) SELECT id, 0, '', 0 FROM organisme;
