-- +goose Up

-- The absences of apprentices, as the software of the school last told them: the whole
-- list of one apprentice each time. They are personal data, and say of health what
-- motif says.
CREATE TABLE absence (
    organisme_id   BIGINT NOT NULL REFERENCES organisme (id),
    code_apprenant TEXT COLLATE "C" NOT NULL,
    rang           BIGINT NOT NULL, -- 0, 1, 2… in the order of the list
    debut          BIGINT NOT NULL, -- Unix milliseconds
    fin            BIGINT NOT NULL,
    nature         TEXT   NOT NULL, -- absence, retard
    justifiee      BIGINT NOT NULL, -- 0, 1
    motif          TEXT   NOT NULL, -- '' for none
    recu_le        BIGINT NOT NULL,
    PRIMARY KEY (organisme_id, code_apprenant, rang)
);

-- The calendars of groupes: where they are, and what was last read there.
CREATE TABLE calendrier (
    organisme_id BIGINT NOT NULL REFERENCES organisme (id),
    code_groupe  TEXT COLLATE "C" NOT NULL,
    adresse      TEXT   NOT NULL, -- it may hold a secret
    recu_le      BIGINT NOT NULL, -- when the address was told
    essai_le     BIGINT,          -- the last attempt to read it; NULL: none
    erreur       TEXT   NOT NULL, -- why the last attempt failed, '' where it did not
    lu_le        BIGINT,          -- when contenu was read; NULL: never
    evenements   BIGINT NOT NULL,
    contenu      BYTEA,          -- iCalendar without people; NULL: never read
    PRIMARY KEY (organisme_id, code_groupe)
);
