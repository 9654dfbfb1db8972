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
SELECT c.profil_id, COALESCE(p.session_id, 0), COALESCE(p.modele_id, 0), p.motif, p.modeles, c.document, c.CONTROLE
FROM contrat c JOIN profil p ON p.organisme_id = c.organisme_id AND p.id = c.profil_id
WHERE c.organisme_id = $1 AND c.jusqua IS NULL AND c.code_contrat IN_TEXTS($2) ORDER BY c.code_contrat;

-- name: console-index
SELECT CAST(profil_id AS TEXT), document, CONTROLE FROM contrat WHERE organisme_id = $1 AND jusqua IS NULL ORDER BY code_contrat;

-- name: console-index-begun
SELECT CAST(profil_id AS TEXT), document, CONTROLE FROM contrat WHERE organisme_id = $1 AND depuis > $2 AND jusqua IS NULL ORDER BY code_contrat;

-- name: console-index-ended
SELECT code_contrat FROM contrat WHERE organisme_id = $1 AND jusqua > $2;

-- name: console-last
SELECT derniere_synchronisation FROM organisme WHERE id = $1;

-- name: console-nomenclature
SELECT code_site, nom_site, code_formation, nom_formation, code_periode, nom_periode, CAST(effectif AS TEXT)
FROM profil WHERE organisme_id = $1 AND effectif > 0;

-- name: console-session-sites
SELECT s.code_site, MAX(s.nom_site), SUM(p.effectif) FROM profil p JOIN session s ON s.organisme_id = p.organisme_id AND s.id = p.session_id
WHERE p.organisme_id = $1 AND p.session_id IS NOT NULL AND p.effectif > 0 GROUP BY s.code_site;

-- name: console-sessions
SELECT s.id, s.code_site, s.nom_site, s.code_periode, s.nom_periode, s.code_formation, s.nom_formation,
       s.code_annee, s.nom_annee, s.code_groupe, s.nom_groupe, COALESCE(p.effectif, 0)
FROM session s LEFT JOIN (
    SELECT organisme_id, session_id, SUM(effectif) AS effectif FROM profil
    WHERE organisme_id = $1 AND session_id IS NOT NULL GROUP BY organisme_id, session_id
) AS p ON p.organisme_id = s.organisme_id AND p.session_id = s.id
WHERE s.organisme_id = $1 AND s.code_site = $2;

-- name: console-session
SELECT s.id, s.code_site, s.nom_site, s.code_periode, s.nom_periode, s.code_formation, s.nom_formation,
       s.code_annee, s.nom_annee, s.code_groupe, s.nom_groupe,
       (SELECT COALESCE(SUM(p.effectif), 0) FROM profil p WHERE p.organisme_id = $1 AND p.session_id = $2)
FROM session s WHERE s.organisme_id = $1 AND s.id = $2;

-- name: console-changed-all-added
SELECT code_contrat FROM contrat WHERE organisme_id = $1 AND depuis = $2 ORDER BY code_contrat LIMIT $3 OFFSET $4;

-- name: console-changed-all-archived
SELECT code_contrat FROM contrat WHERE organisme_id = $1 AND jusqua = $2 ORDER BY code_contrat LIMIT $3 OFFSET $4;

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
