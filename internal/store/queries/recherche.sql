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
SELECT c.document, c.code_contrat, c.profil_id, COALESCE(p.session_id, 0), COALESCE(p.modele_id, 0), p.motif, p.modeles, c.CONTROLE
FROM contrat c JOIN profil p ON p.organisme_id = c.organisme_id AND p.id = c.profil_id
WHERE c.organisme_id = $1 AND c.jusqua IS NULL AND c.code_contrat IN_TEXTS($2) ORDER BY c.code_contrat;

-- name: recherche-index
SELECT document, code_contrat, profil_id, CONTROLE FROM contrat WHERE organisme_id = $1 AND jusqua IS NULL ORDER BY code_contrat;

-- name: recherche-index-begun
SELECT document, code_contrat, profil_id, CONTROLE FROM contrat WHERE organisme_id = $1 AND depuis > $2 AND jusqua IS NULL ORDER BY code_contrat;

-- name: recherche-index-ended
SELECT code_contrat FROM contrat WHERE organisme_id = $1 AND jusqua > $2;

-- name: recherche-nomenclature
SELECT code_site, nom_site, code_formation, nom_formation, code_periode, nom_periode, CAST(effectif AS TEXT)
FROM profil WHERE organisme_id = $1 AND effectif > 0;

-- name: recherche-profils-partis
SELECT CAST(p.id AS TEXT), CAST(q.effectif AS TEXT) FROM partis q JOIN profil p ON p.organisme_id = q.organisme_id AND p.id = q.profil_id
WHERE q.organisme_id = $1 AND q.effectif > 0 AND p.organisme_id = $1
AND ($2 = '' OR p.code_site = $2) AND ($3 = '' OR p.code_formation = $3) AND ($4 = '' OR p.code_periode = $4)
AND (CAST($5 AS BIGINT) = 0 OR p.session_id = CAST($5 AS BIGINT))
AND ($6 = '' OR ($6 = 'integre' AND p.session_id IS NOT NULL) OR ($6 = 'non-integre' AND p.session_id IS NULL) OR p.motif = $6);

-- name: recherche-rows-archives
SELECT c.document, c.code_contrat, c.profil_id, COALESCE(p.session_id, 0), COALESCE(p.modele_id, 0), p.motif, p.modeles, v.depart, c.CONTROLE
FROM vie v JOIN contrat c ON c.organisme_id = v.organisme_id AND c.code_contrat = v.code_contrat AND c.jusqua = v.jusqua
JOIN profil p ON p.organisme_id = v.organisme_id AND p.id = v.profil_id
WHERE v.organisme_id = $1 AND v.ranime IS NULL AND v.code_contrat IN_TEXTS($2) AND c.organisme_id = $1 AND c.jusqua IS NOT NULL ORDER BY v.code_contrat;

-- name: recherche-archives
SELECT c.document, c.code_contrat, c.profil_id, c.CONTROLE
FROM vie v JOIN contrat c ON c.organisme_id = v.organisme_id AND c.code_contrat = v.code_contrat AND c.jusqua = v.jusqua
WHERE v.organisme_id = $1 AND v.ranime IS NULL AND c.organisme_id = $1 AND c.jusqua IS NOT NULL ORDER BY v.code_contrat;

-- name: recherche-archives-begun
SELECT c.document, c.code_contrat, c.profil_id, c.CONTROLE
FROM vie v JOIN contrat c ON c.organisme_id = v.organisme_id AND c.code_contrat = v.code_contrat AND c.jusqua = v.jusqua
WHERE v.organisme_id = $1 AND v.ranime IS NULL AND v.archivage > $2 AND c.organisme_id = $1 AND c.jusqua IS NOT NULL ORDER BY v.code_contrat;

-- name: recherche-archives-ended
SELECT code_contrat FROM vie WHERE organisme_id = $1 AND ranime > $2;

-- name: recherche-sessions-of
SELECT DISTINCT session_id FROM profil WHERE organisme_id = $1 AND session_id IS NOT NULL AND id IN_IDS($2) ORDER BY session_id LIMIT $3;
