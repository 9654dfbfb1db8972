-- name: recherche-profils
SELECT CAST(id AS TEXT), CAST(effectif AS TEXT) FROM profil WHERE organisme_id = $1 AND effectif > 0
AND ($2 = '' OR code_site = $2) AND ($3 = '' OR code_formation = $3) AND ($4 = '' OR code_periode = $4)
AND (CAST($5 AS BIGINT) = 0 OR session_id = CAST($5 AS BIGINT))
AND ($6 = '' OR ($6 = 'integre' AND session_id IS NOT NULL) OR ($6 = 'non-integre' AND session_id IS NULL) OR motif = $6);

-- name: recherche-codes
SELECT code_contrat FROM contrat WHERE organisme_id = $1 AND jusqua IS NULL ORDER BY code_contrat LIMIT $2 OFFSET $3;

-- name: recherche-codes-of
SELECT code_contrat FROM contrat WHERE organisme_id = $1 AND jusqua IS NULL AND profil_id IN_IDS($2)
ORDER BY code_contrat LIMIT $3 OFFSET $4;

-- name: recherche-rows
SELECT c.profil_id, COALESCE(p.session_id, 0), COALESCE(p.modele_id, 0), p.motif, p.modeles, c.document, c.CONTROLE
FROM contrat c JOIN profil p ON p.organisme_id = c.organisme_id AND p.id = c.profil_id
WHERE c.organisme_id = $1 AND c.jusqua IS NULL AND c.code_contrat IN_TEXTS($2) ORDER BY c.code_contrat;

-- name: recherche-index
SELECT CAST(profil_id AS TEXT), document, CONTROLE FROM contrat WHERE organisme_id = $1 AND jusqua IS NULL ORDER BY code_contrat;

-- name: recherche-index-begun
SELECT CAST(profil_id AS TEXT), document, CONTROLE FROM contrat WHERE organisme_id = $1 AND depuis > $2 AND jusqua IS NULL ORDER BY code_contrat;

-- name: recherche-index-ended
SELECT code_contrat FROM contrat WHERE organisme_id = $1 AND jusqua > $2;

-- name: recherche-nomenclature
SELECT code_site, nom_site, code_formation, nom_formation, code_periode, nom_periode, CAST(effectif AS TEXT)
FROM profil WHERE organisme_id = $1 AND effectif > 0;
