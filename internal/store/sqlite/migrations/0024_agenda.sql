-- +goose Up

-- The absences of apprentices, as the software of the school last told them: the whole
-- list of one apprentice each time. They are personal data, and say of health what
-- motif says.
CREATE TABLE absence (
    organisme_id   INTEGER NOT NULL REFERENCES organisme (id),
    code_apprenant TEXT NOT NULL,
    rang           INTEGER NOT NULL, -- 0, 1, 2… in the order of the list
    debut          INTEGER NOT NULL, -- Unix milliseconds
    fin            INTEGER NOT NULL,
    nature         TEXT   NOT NULL, -- absence, retard
    justifiee      INTEGER NOT NULL, -- 0, 1
    motif          TEXT   NOT NULL, -- '' for none
    recu_le        INTEGER NOT NULL,
    PRIMARY KEY (organisme_id, code_apprenant, rang)
) WITHOUT ROWID;

-- The calendars of groupes: where they are, and what was last read there.
CREATE TABLE calendrier (
    organisme_id INTEGER NOT NULL REFERENCES organisme (id),
    code_groupe  TEXT NOT NULL,
    adresse      TEXT   NOT NULL, -- it may hold a secret
    recu_le      INTEGER NOT NULL, -- when the address was told
    essai_le     INTEGER,          -- the last attempt to read it; NULL: none
    erreur       TEXT   NOT NULL, -- why the last attempt failed, '' where it did not
    lu_le        INTEGER,          -- when contenu was read; NULL: never
    evenements   INTEGER NOT NULL,
    contenu      BLOB,          -- iCalendar without people; NULL: never read
    PRIMARY KEY (organisme_id, code_groupe)
) WITHOUT ROWID;
