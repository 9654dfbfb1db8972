-- name: console-profils
SELECT CAST(id AS TEXT), CAST(effectif AS TEXT) FROM profil WHERE organisme_id = $1 AND effectif > 0
AND ($2 = '' OR code_site = $2) AND ($3 = '' OR code_formation = $3) AND ($4 = '' OR code_periode = $4)
AND (CAST($5 AS BIGINT) = 0 OR session_id = CAST($5 AS BIGINT))
AND ($6 = '' OR ($6 = 'integre' AND session_id IS NOT NULL) OR ($6 = 'non-integre' AND session_id IS NULL) OR motif = $6);

-- name: console-codes
SELECT code_contrat FROM contrat WHERE organisme_id = $1 AND jusqua IS NULL ORDER BY code_contrat LIMIT $2 OFFSET $3;

-- name: console-codes-of
SELECT code_contrat FROM contrat WHERE organisme_id = $1 AND jusqua IS NULL AND profil_id IN_IDS($2)
ORDER BY code_contrat LIMIT $3 OFFSET $4;

-- name: console-rows
SELECT c.document, c.profil_id, COALESCE(p.session_id, 0), COALESCE(p.modele_id, 0), p.motif, p.modeles
FROM contrat c JOIN profil p ON p.organisme_id = c.organisme_id AND p.id = c.profil_id
WHERE c.organisme_id = $1 AND c.jusqua IS NULL AND c.code_contrat IN_TEXTS($2) ORDER BY c.code_contrat;

-- name: console-index
SELECT CAST(profil_id AS TEXT), document FROM contrat WHERE organisme_id = $1 AND jusqua IS NULL ORDER BY code_contrat;

-- name: console-index-begun
SELECT CAST(profil_id AS TEXT), document FROM contrat WHERE organisme_id = $1 AND depuis > $2 AND jusqua IS NULL ORDER BY code_contrat;

-- name: console-index-ended
SELECT code_contrat FROM contrat WHERE organisme_id = $1 AND jusqua > $2;

-- name: console-last
SELECT derniere_synchronisation FROM organisme WHERE id = $1;

-- name: console-sites
SELECT code_site, MAX(nom_site), SUM(effectif) FROM profil WHERE organisme_id = $1 AND effectif > 0 GROUP BY code_site;

-- name: console-formations
SELECT code_formation, MAX(nom_formation), SUM(effectif) FROM profil WHERE organisme_id = $1 AND effectif > 0 GROUP BY code_formation;

-- name: console-periodes
SELECT code_periode, MAX(nom_periode), SUM(effectif) FROM profil WHERE organisme_id = $1 AND effectif > 0 GROUP BY code_periode;

-- name: console-changed-added
SELECT c.code_contrat FROM contrat c WHERE c.organisme_id = $1 AND c.depuis = $2
AND NOT EXISTS (SELECT 1 FROM contrat o WHERE o.organisme_id = $1 AND o.jusqua = $2 AND o.code_contrat = c.code_contrat)
ORDER BY c.code_contrat LIMIT $3 OFFSET $4;

-- name: console-changed-updated
SELECT c.code_contrat FROM contrat c WHERE c.organisme_id = $1 AND c.jusqua = $2
AND EXISTS (SELECT 1 FROM contrat o WHERE o.organisme_id = $1 AND o.depuis = $2 AND o.code_contrat = c.code_contrat)
ORDER BY c.code_contrat LIMIT $3 OFFSET $4;

-- name: console-changed-archived
SELECT c.code_contrat FROM contrat c WHERE c.organisme_id = $1 AND c.jusqua = $2
AND NOT EXISTS (SELECT 1 FROM contrat o WHERE o.organisme_id = $1 AND o.depuis = $2 AND o.code_contrat = c.code_contrat)
ORDER BY c.code_contrat LIMIT $3 OFFSET $4;

-- name: console-anomalie-regles
SELECT nature, code, COUNT(*), MIN(depuis) FROM anomalie WHERE organisme_id = $1 GROUP BY nature, code
UNION ALL
SELECT 'non-integre', motif, SUM(effectif), MIN(motif_depuis) FROM profil WHERE organisme_id = $1 AND motif <> '' AND effectif > 0 GROUP BY motif;

-- name: console-anomalies
SELECT nature, position, code_contrat, champ, code, message, oppose_a, depuis FROM anomalie
WHERE organisme_id = $1 AND nature = $2 AND code = $3 ORDER BY rang LIMIT $4 OFFSET $5;

-- name: console-anomalies-of
SELECT nature, position, code_contrat, champ, code, message, oppose_a, depuis FROM anomalie
WHERE organisme_id = $1 AND code_contrat = $2 ORDER BY rang;
