-- +goose Up

-- Where the organisme stands, for the metrics of all of them: when the latest pushes
-- began, in milliseconds, latest first, and the headcounts of its profils.
ALTER TABLE organisme ADD COLUMN envois TEXT NOT NULL DEFAULT '';
ALTER TABLE organisme ADD COLUMN transmis BIGINT NOT NULL DEFAULT 0;
ALTER TABLE organisme ADD COLUMN integres BIGINT NOT NULL DEFAULT 0;
UPDATE organisme SET envois = COALESCE((
    SELECT string_agg(CAST(x.debut AS TEXT), ',' ORDER BY x.id DESC) FROM (
        SELECT s.id, s.debut FROM synchronisation s WHERE s.organisme_id = organisme.id AND s.origine IN ('v1', 'v2', 'changes', 'import') ORDER BY s.id DESC LIMIT 21
    ) AS x
), ''),
    transmis = (SELECT COALESCE(SUM(effectif), 0) FROM profil WHERE organisme_id = organisme.id),
    integres = (SELECT COALESCE(SUM(effectif), 0) FROM profil WHERE organisme_id = organisme.id AND session_id IS NOT NULL);
