-- +goose Up

-- What people and software did beside pushing contracts: who, what, when. It names
-- nobody of the contracts, so that who is erased does not live on in it.
CREATE TABLE geste (
    organisme_id INTEGER NOT NULL REFERENCES organisme (id),
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    quoi         TEXT NOT NULL,            -- family.act, as jeton.cree
    objet        TEXT NOT NULL DEFAULT '', -- id or code of what it is about
    detail       TEXT NOT NULL DEFAULT '', -- French: what changed
    par          TEXT NOT NULL,
    jeton_id     INTEGER,                  -- NULL: not a token
    le           INTEGER NOT NULL          -- Unix milliseconds
);
CREATE INDEX geste_organisme ON geste (organisme_id, id);
CREATE INDEX geste_objet ON geste (organisme_id, objet, id);

-- What was noted elsewhere until now.
INSERT INTO geste (organisme_id, quoi, objet, detail, par, jeton_id, le)
SELECT organisme_id, quoi, objet, detail, par, jeton_id, le FROM (
    SELECT organisme_id, 'reglage.modifie' AS quoi, cle AS objet, '« ' || avant || ' » → « ' || apres || ' »' AS detail, par, jeton_id, le FROM reglage
    UNION ALL
    SELECT organisme_id, CASE nature WHEN 'export' THEN 'personne.exportee' WHEN 'effacement' THEN 'personne.effacee' ELSE 'contrats.purges' END,
        '', CAST(contrats AS TEXT) || ' contrats, ' || CAST(versions AS TEXT) || ' versions', par, NULL, le FROM acte
    UNION ALL
    SELECT organisme_id, CASE fin WHEN '' THEN 'fin.retiree' ELSE 'fin.decidee' END, code_contrat, fin, par, jeton_id, le FROM decision_fin
) AS avant ORDER BY le;
