-- +goose Up

-- A time that a contract was archived for: what it says of its days, and the last
-- day that it ran. It is worked out from the versions, the journal and what was
-- decided, and kept so that contracts that ended are found by their days.
CREATE TABLE vie (
    organisme_id INTEGER NOT NULL,
    code_contrat TEXT    NOT NULL,
    archivage    INTEGER NOT NULL, -- the synchronisation that archived it
    jusqua       INTEGER NOT NULL, -- of its last version: archivage, or an earlier one where an undo brought it back
    ranime       INTEGER,          -- the synchronisation that revived it; NULL while it is archived
    racine       INTEGER NOT NULL, -- the archiving that decisions are about: another one where an undo brought it back
    depart       INTEGER NOT NULL, -- the day of racine in Paris; every day is in days since 1970-01-01
    profil_id    INTEGER NOT NULL, -- of its last version
    debut        INTEGER,          -- dateDebut, dateFin, dateRupture of its last version; NULL: not known
    fin          INTEGER,
    rupture      INTEGER,
    apprenant    TEXT    NOT NULL, -- codeApprenant, nomEntreprise of its last version
    entreprise   TEXT    NOT NULL,
    dernier      INTEGER NOT NULL, -- the last day that it ran, as decided now: 2147483647 where debut is not known, -2147483648 where it never took place
    presumee     INTEGER NOT NULL, -- 1: that day is presumed
    PRIMARY KEY (organisme_id, code_contrat, archivage)
) WITHOUT ROWID;
CREATE INDEX vie_dernier  ON vie (organisme_id, dernier, debut, profil_id, presumee, apprenant, entreprise) WHERE ranime IS NULL; -- all that a ventilation reads
CREATE INDEX vie_presumee ON vie (organisme_id, debut) WHERE ranime IS NULL AND presumee = 1;

-- What people decided of the ends of contracts, each decision ever made. The last
-- one about an archiving counts.
CREATE TABLE decision_fin (
    organisme_id       INTEGER NOT NULL REFERENCES organisme (id),
    rang               INTEGER NOT NULL, -- 1, 2, 3… of the organisme, in order of recording
    code_contrat       TEXT    NOT NULL,
    racine             INTEGER NOT NULL, -- the archiving that it is about
    fin                TEXT    NOT NULL, -- terme, rompu, annule; '' takes the one before back
    date               INTEGER,          -- last day, of rompu
    jeton_id           INTEGER,          -- NULL: the console
    par                TEXT    NOT NULL,
    le                 INTEGER NOT NULL, -- Unix milliseconds
    synchronisation_id INTEGER NOT NULL, -- the latest one when it was recorded
    PRIMARY KEY (organisme_id, rang)
) WITHOUT ROWID;
CREATE INDEX decision_fin_contrat ON decision_fin (organisme_id, code_contrat, rang);

-- By which rule the ventilation of a closing counts what ended; no row where it
-- counts the active contracts alone, as all did before.
CREATE TABLE cloture_fins (
    organisme_id INTEGER NOT NULL,
    societe_id   INTEGER NOT NULL,
    rang         INTEGER NOT NULL, -- of cloture
    regle        INTEGER NOT NULL, -- 1: what ended counts for the days that it ran
    decisions    INTEGER NOT NULL, -- rang of the last decision that was known, 0 for none
    PRIMARY KEY (organisme_id, societe_id, rang)
) WITHOUT ROWID;

-- What was archived before. In France the clock is put forward on the last Sunday
-- of March and back on that of October, at 1:00 UTC.
INSERT INTO vie (organisme_id, code_contrat, archivage, jusqua, ranime, racine, depart, profil_id, debut, fin, rupture, apprenant, entreprise, dernier, presumee)
SELECT organisme_id, code_contrat, archivage, archivage, ranime, archivage, depart, profil_id, debut, fin, rupture, apprenant, entreprise,
       CASE WHEN debut IS NULL THEN 2147483647 WHEN COALESCE(rupture, fin) < depart THEN COALESCE(rupture, fin) ELSE depart - 1 END,
       CASE WHEN COALESCE(rupture, fin) < depart THEN 0 ELSE 1 END
FROM (
    SELECT c.organisme_id, c.code_contrat, c.jusqua AS archivage, c.profil_id,
           (SELECT MIN(depuis) FROM (
                SELECT a.depuis FROM contrat a WHERE a.organisme_id = c.organisme_id AND a.code_contrat = c.code_contrat AND a.jusqua IS NULL AND a.depuis > c.jusqua
                UNION ALL
                SELECT b.depuis FROM contrat b WHERE b.organisme_id = c.organisme_id AND b.code_contrat = c.code_contrat AND b.jusqua IS NOT NULL AND b.depuis > c.jusqua
           )) AS ranime,
           (s.debut / 1000 + CASE
                WHEN s.debut / 1000 >= unixepoch(strftime('%Y', s.debut / 1000, 'unixepoch') || '-03-25', 'weekday 0') + 3600
                 AND s.debut / 1000 <  unixepoch(strftime('%Y', s.debut / 1000, 'unixepoch') || '-10-25', 'weekday 0') + 3600
                THEN 7200 ELSE 3600 END) / 86400 AS depart,
           CAST(julianday(substr(d.debut, 7, 4) || '-' || substr(d.debut, 4, 2) || '-' || substr(d.debut, 1, 2)) - 2440587.5 AS INTEGER) AS debut,
           CAST(julianday(substr(d.fin, 7, 4) || '-' || substr(d.fin, 4, 2) || '-' || substr(d.fin, 1, 2)) - 2440587.5 AS INTEGER) AS fin,
           CAST(julianday(substr(d.rupture, 7, 4) || '-' || substr(d.rupture, 4, 2) || '-' || substr(d.rupture, 1, 2)) - 2440587.5 AS INTEGER) AS rupture,
           d.apprenant, d.entreprise
    FROM contrat c
    JOIN synchronisation s ON s.organisme_id = c.organisme_id AND s.id = c.jusqua
    JOIN (SELECT organisme_id, code_contrat, jusqua,
                 json_extract(document, '$.dateDebut') AS debut, json_extract(document, '$.dateFin') AS fin, json_extract(document, '$.dateRupture') AS rupture,
                 json_extract(document, '$.codeApprenant') AS apprenant, json_extract(document, '$.nomEntreprise') AS entreprise
          FROM contrat WHERE jusqua IS NOT NULL) AS d
      ON d.organisme_id = c.organisme_id AND d.code_contrat = c.code_contrat AND d.jusqua = c.jusqua
    WHERE c.jusqua IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM contrat n WHERE n.organisme_id = c.organisme_id AND n.depuis = c.jusqua AND n.code_contrat = c.code_contrat)
) AS archives;
