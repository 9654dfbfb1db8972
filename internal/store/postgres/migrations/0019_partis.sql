-- +goose Up

-- How many archived contracts have a profil, so that those that a ventilation need
-- not read are not even counted.
CREATE TABLE partis (
    organisme_id BIGINT NOT NULL,
    profil_id    BIGINT NOT NULL,
    effectif     BIGINT NOT NULL,
    PRIMARY KEY (organisme_id, profil_id)
);
INSERT INTO partis (organisme_id, profil_id, effectif)
SELECT organisme_id, profil_id, COUNT(*) FROM vie WHERE ranime IS NULL GROUP BY organisme_id, profil_id;
