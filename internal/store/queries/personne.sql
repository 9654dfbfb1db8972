-- name: contrat-versions-all
SELECT document, code_contrat, profil_id, depuis, COALESCE(jusqua, 0), CONTROLE FROM contrat WHERE organisme_id = $1 AND HERE(depuis);

-- name: contrat-rewrite
UPDATE contrat SET document = $4, empreinte = $5 SETCONTROLE($6) WHERE organisme_id = $1 AND code_contrat = $2 AND depuis = $3;

-- name: contrat-purge-count
SELECT COUNT(DISTINCT code_contrat), COUNT(*) FROM contrat c WHERE c.organisme_id = $1 AND c.jusqua <= $2
AND NOT EXISTS (SELECT 1 FROM contrat d WHERE d.organisme_id = $1 AND d.code_contrat = c.code_contrat AND (d.jusqua IS NULL OR d.jusqua > $2));

-- name: contrat-purge
DELETE FROM contrat WHERE organisme_id = $1 AND jusqua <= $2
AND NOT EXISTS (SELECT 1 FROM contrat d WHERE d.organisme_id = $1 AND d.code_contrat = contrat.code_contrat AND (d.jusqua IS NULL OR d.jusqua > $2));

-- name: synchronisation-last-before
SELECT COALESCE((SELECT MIN(id) - 1 FROM synchronisation WHERE organisme_id = $1 AND debut >= $2),
                (SELECT MAX(id) FROM synchronisation WHERE organisme_id = $1), 0);

-- name: acte-insert
INSERT INTO acte (organisme_id, nature, par, le, contrats, versions) VALUES ($1, $2, $3, $4, $5, $6);

-- name: acte-effacements
SELECT COUNT(*) FROM acte WHERE organisme_id = $1 AND nature IN ('effacement', 'purge');

-- name: acte-list
SELECT nature, par, le, contrats, versions FROM acte WHERE organisme_id = $1 ORDER BY id;
