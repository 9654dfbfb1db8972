-- +goose Up

-- A time that a contract was archived for: what it says of its days, and the last
-- day that it ran. It is worked out from the versions, the journal and what was
-- decided, and kept so that contracts that ended are found by their days.
CREATE TABLE vie (
    organisme_id BIGINT NOT NULL,
    code_contrat TEXT   COLLATE "C" NOT NULL,
    archivage    BIGINT NOT NULL, -- the synchronisation that archived it
    jusqua       BIGINT NOT NULL, -- of its last version: archivage, or an earlier one where an undo brought it back
    ranime       BIGINT,          -- the synchronisation that revived it; NULL while it is archived
    racine       BIGINT NOT NULL, -- the archiving that decisions are about: another one where an undo brought it back
    depart       BIGINT NOT NULL, -- the day of racine in Paris; every day is in days since 1970-01-01
    profil_id    BIGINT NOT NULL, -- of its last version
    debut        BIGINT,          -- dateDebut, dateFin, dateRupture of its last version; NULL: not known
    fin          BIGINT,
    rupture      BIGINT,
    apprenant    TEXT   NOT NULL, -- codeApprenant, nomEntreprise of its last version
    entreprise   TEXT   NOT NULL,
    dernier      BIGINT NOT NULL, -- the last day that it ran, as decided now: 2147483647 where debut is not known, -2147483648 where it never took place
    presumee     BIGINT NOT NULL, -- 1: that day is presumed
    PRIMARY KEY (organisme_id, code_contrat, archivage)
);
CREATE INDEX vie_dernier  ON vie (organisme_id, dernier, debut) WHERE ranime IS NULL;
CREATE INDEX vie_presumee ON vie (organisme_id, debut) WHERE ranime IS NULL AND presumee = 1;

-- What people decided of the ends of contracts, each decision ever made. The last
-- one about an archiving counts.
CREATE TABLE decision_fin (
    organisme_id       BIGINT NOT NULL REFERENCES organisme (id),
    rang               BIGINT NOT NULL, -- 1, 2, 3… of the organisme, in order of recording
    code_contrat       TEXT   COLLATE "C" NOT NULL,
    racine             BIGINT NOT NULL, -- the archiving that it is about
    fin                TEXT   NOT NULL, -- terme, rompu, annule; '' takes the one before back
    date               BIGINT,          -- last day, of rompu
    jeton_id           BIGINT,          -- NULL: the console
    par                TEXT   NOT NULL,
    le                 BIGINT NOT NULL, -- Unix milliseconds
    synchronisation_id BIGINT NOT NULL, -- the latest one when it was recorded
    PRIMARY KEY (organisme_id, rang)
);
CREATE INDEX decision_fin_contrat ON decision_fin (organisme_id, code_contrat, rang);

-- By which rule the ventilation of a closing counts what ended; no row where it
-- counts the active contracts alone, as all did before.
CREATE TABLE cloture_fins (
    organisme_id BIGINT NOT NULL,
    societe_id   BIGINT NOT NULL,
    rang         BIGINT NOT NULL, -- of cloture
    regle        BIGINT NOT NULL, -- 1: what ended counts for the days that it ran
    decisions    BIGINT NOT NULL, -- rang of the last decision that was known, 0 for none
    PRIMARY KEY (organisme_id, societe_id, rang)
);

-- What was archived before. In France the clock is put forward on the last Sunday
-- of March and back on that of October, at 1:00 UTC.
INSERT INTO vie (organisme_id, code_contrat, archivage, jusqua, ranime, racine, depart, profil_id, debut, fin, rupture, apprenant, entreprise, dernier, presumee)
SELECT organisme_id, code_contrat, archivage, archivage, ranime, archivage, depart, profil_id, debut, fin, rupture, apprenant, entreprise,
       CASE WHEN debut IS NULL THEN 2147483647 WHEN COALESCE(rupture, fin) < depart THEN COALESCE(rupture, fin) ELSE depart - 1 END,
       CASE WHEN COALESCE(rupture, fin) < depart THEN 0 ELSE 1 END
FROM (
    SELECT c.organisme_id, c.code_contrat, c.jusqua AS archivage, c.profil_id,
           (SELECT MIN(r.depuis) FROM contrat r WHERE r.organisme_id = c.organisme_id AND r.code_contrat = c.code_contrat AND r.depuis > c.jusqua) AS ranime,
           (to_timestamp(s.debut / 1000.0) AT TIME ZONE 'UTC' + CASE
                WHEN to_timestamp(s.debut / 1000.0) AT TIME ZONE 'UTC' >= mars.jour AND to_timestamp(s.debut / 1000.0) AT TIME ZONE 'UTC' < octobre.jour
                THEN INTERVAL '2 hours' ELSE INTERVAL '1 hour' END)::date - DATE '1970-01-01' AS depart,
           to_date(NULLIF(c.document::json ->> 'dateDebut', ''), 'DD/MM/YYYY') - DATE '1970-01-01' AS debut,
           to_date(NULLIF(c.document::json ->> 'dateFin', ''), 'DD/MM/YYYY') - DATE '1970-01-01' AS fin,
           to_date(NULLIF(c.document::json ->> 'dateRupture', ''), 'DD/MM/YYYY') - DATE '1970-01-01' AS rupture,
           c.document::json ->> 'codeApprenant' AS apprenant, c.document::json ->> 'nomEntreprise' AS entreprise
    FROM contrat c
    JOIN synchronisation s ON s.organisme_id = c.organisme_id AND s.id = c.jusqua
    CROSS JOIN LATERAL (SELECT make_date(extract(year FROM to_timestamp(s.debut / 1000.0) AT TIME ZONE 'UTC')::int, 3, 31) AS dernier) AS m
    CROSS JOIN LATERAL (SELECT m.dernier - extract(dow FROM m.dernier)::int + TIME '01:00' AS jour) AS mars
    CROSS JOIN LATERAL (SELECT make_date(extract(year FROM m.dernier)::int, 10, 31) AS dernier) AS o
    CROSS JOIN LATERAL (SELECT o.dernier - extract(dow FROM o.dernier)::int + TIME '01:00' AS jour) AS octobre
    WHERE c.jusqua IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM contrat n WHERE n.organisme_id = c.organisme_id AND n.depuis = c.jusqua AND n.code_contrat = c.code_contrat)
) AS archives;
