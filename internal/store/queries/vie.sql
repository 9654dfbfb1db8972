-- name: vie-insert
INSERT INTO vie (organisme_id, code_contrat, archivage, jusqua, racine, depart, profil_id, debut, fin, rupture, apprenant, entreprise, dernier, presumee)
ROWS(bigint, text, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, text, text, bigint, bigint);

-- name: vie-any
SELECT EXISTS (SELECT 1 FROM vie WHERE organisme_id = $1 AND ranime IS NULL);

-- name: vie-ranime
UPDATE vie SET ranime = $2 WHERE organisme_id = $1 AND ranime IS NULL AND code_contrat IN_TEXTS($3) RETURNING profil_id;

-- name: vie-of
SELECT code_contrat, archivage, jusqua, racine, depart, profil_id, debut, fin, rupture, apprenant, entreprise FROM vie
WHERE organisme_id = $1 AND ranime IS NULL AND code_contrat IN_TEXTS($2) ORDER BY code_contrat;

-- name: vie-of-as-of
SELECT code_contrat, archivage, jusqua, racine, depart, profil_id, debut, fin, rupture, apprenant, entreprise FROM vie
WHERE organisme_id = $1 AND archivage <= $2 AND (ranime IS NULL OR ranime > $2) AND code_contrat IN_TEXTS($3) ORDER BY code_contrat;

-- name: vie-presumees
SELECT code_contrat, debut, dernier FROM vie WHERE organisme_id = $1 AND ranime IS NULL AND presumee = 1;

-- name: vie-presumees-count
SELECT COUNT(*) FROM vie WHERE organisme_id = $1 AND ranime IS NULL AND presumee = 1;

-- name: partis-add
INSERT INTO partis (organisme_id, profil_id, effectif, dernier)
ROWS(bigint, bigint, bigint, bigint)
ON CONFLICT (organisme_id, profil_id) DO UPDATE SET effectif = partis.effectif + excluded.effectif,
    dernier = CASE WHEN excluded.dernier > partis.dernier THEN excluded.dernier ELSE partis.dernier END;

-- name: partis-profils
SELECT profil_id FROM partis WHERE organisme_id = $1 AND effectif > 0;

-- name: partis-count
SELECT COALESCE(SUM(effectif), 0) FROM partis WHERE organisme_id = $1
AND (CAST($2 AS BIGINT) = 0 OR profil_id IN (SELECT id FROM profil WHERE organisme_id = $1 AND session_id IS NOT NULL));

-- name: partis-forget
DELETE FROM partis WHERE organisme_id = $1;

-- name: vie-decide
UPDATE vie SET dernier = $4, presumee = $5 WHERE organisme_id = $1 AND code_contrat = $2 AND archivage = $3;

-- name: vie-periode
SELECT profil_id, debut, dernier, presumee, code_contrat, apprenant FROM vie
WHERE organisme_id = $1 AND ranime IS NULL AND dernier >= $2 AND (debut IS NULL OR debut <= $3);

-- name: vie-periode-entreprise
SELECT profil_id, debut, dernier, presumee, code_contrat, apprenant, entreprise FROM vie
WHERE organisme_id = $1 AND ranime IS NULL AND dernier >= $2 AND (debut IS NULL OR debut <= $3);

-- name: partis-profils-valeurs
SELECT id, CAST(CASE WHEN session_id IS NULL THEN 0 ELSE 1 END AS BIGINT),
       code_groupe, nom_groupe, code_site, nom_site, code_periode, nom_periode, code_formation, nom_formation,
       code_annee, nom_annee, code_marque, nom_marque, month_start, rncp
FROM profil WHERE organisme_id = $1 AND id IN (SELECT profil_id FROM partis WHERE organisme_id = $1 AND effectif > 0 AND dernier >= $2);

-- name: vie-efface
UPDATE vie SET apprenant = $3 WHERE organisme_id = $1 AND apprenant = $2;

-- name: vie-documents
SELECT c.document, c.code_contrat, c.profil_id, v.depart, v.racine, v.profil_id, c.CONTROLE
FROM vie v JOIN contrat c ON c.organisme_id = v.organisme_id AND c.code_contrat = v.code_contrat AND c.jusqua = v.jusqua
WHERE v.organisme_id = $1 AND v.ranime IS NULL AND v.dernier >= $2 AND (v.debut IS NULL OR v.debut <= $3) AND c.organisme_id = $1 AND c.jusqua IS NOT NULL;

-- name: vie-documents-apprenants
SELECT c.document, c.code_contrat, c.profil_id, v.depart, v.racine, v.profil_id, c.CONTROLE
FROM vie v JOIN contrat c ON c.organisme_id = v.organisme_id AND c.code_contrat = v.code_contrat AND c.jusqua = v.jusqua
WHERE v.organisme_id = $1 AND v.ranime IS NULL AND v.apprenant IN_TEXTS($2) AND c.organisme_id = $1 AND c.jusqua IS NOT NULL;

-- name: vie-documents-as-of
SELECT c.document, c.code_contrat, c.profil_id, v.depart, v.racine, v.profil_id, c.CONTROLE
FROM vie v JOIN contrat c ON c.organisme_id = v.organisme_id AND c.code_contrat = v.code_contrat AND c.jusqua = v.jusqua
WHERE v.organisme_id = $1 AND v.archivage <= $2 AND (v.ranime IS NULL OR v.ranime > $2) AND c.organisme_id = $1 AND c.jusqua IS NOT NULL;

-- name: vie-document-of
SELECT document, code_contrat, profil_id, CONTROLE FROM contrat WHERE organisme_id = $1 AND jusqua = $2 AND code_contrat IN_TEXTS($3) ORDER BY code_contrat;

-- name: vie-hors
SELECT profil_id, debut, dernier, presumee, code_contrat, apprenant FROM vie
WHERE organisme_id = $1 AND ranime IS NULL AND (dernier < $2 OR debut > $3)
AND (CAST($4 AS BIGINT) = 0 OR profil_id IN (SELECT id FROM profil WHERE organisme_id = $1 AND session_id IS NOT NULL))
ORDER BY code_contrat LIMIT $5;

-- name: vie-forget
DELETE FROM vie WHERE organisme_id = $1;

-- name: vie-purge
DELETE FROM vie WHERE organisme_id = $1 AND archivage <= $2
AND NOT EXISTS (SELECT 1 FROM contrat c WHERE c.organisme_id = $1 AND c.code_contrat = vie.code_contrat AND c.jusqua IS NULL)
AND NOT EXISTS (SELECT 1 FROM contrat c WHERE c.organisme_id = $1 AND c.code_contrat = vie.code_contrat AND c.jusqua IS NOT NULL)
RETURNING profil_id, CASE WHEN ranime IS NULL THEN 1 ELSE 0 END;

-- name: decision-fin-insert
INSERT INTO decision_fin (organisme_id, rang, code_contrat, racine, fin, date, jeton_id, par, le, synchronisation_id)
SELECT $1, COALESCE(MAX(rang), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9 FROM decision_fin WHERE organisme_id = $1;

-- name: decision-fin-list
SELECT rang, code_contrat, racine, fin, date, par, le FROM decision_fin WHERE organisme_id = $1 AND rang <= $2 ORDER BY rang;

-- name: decision-fin-of
SELECT rang, code_contrat, racine, fin, date, par, le FROM decision_fin WHERE organisme_id = $1 AND code_contrat IN_TEXTS($2) ORDER BY rang;

-- name: decision-fin-last
SELECT COALESCE(MAX(rang), 0) FROM decision_fin WHERE organisme_id = $1;

-- name: decision-fin-last-at
SELECT COALESCE(MAX(rang), 0) FROM decision_fin WHERE organisme_id = $1 AND synchronisation_id <= $2;

-- name: decision-fin-forget
DELETE FROM decision_fin WHERE organisme_id = $1;

-- name: decision-fin-purge
DELETE FROM decision_fin WHERE organisme_id = $1 AND racine <= $2
AND NOT EXISTS (SELECT 1 FROM contrat c WHERE c.organisme_id = $1 AND c.code_contrat = decision_fin.code_contrat AND c.jusqua IS NULL)
AND NOT EXISTS (SELECT 1 FROM contrat c WHERE c.organisme_id = $1 AND c.code_contrat = decision_fin.code_contrat AND c.jusqua IS NOT NULL);

-- name: cloture-fins-insert
INSERT INTO cloture_fins (organisme_id, societe_id, rang, regle, decisions)
SELECT $1, $2, COALESCE(MAX(rang), 0), $3, $4 FROM cloture WHERE organisme_id = $1 AND societe_id = $2;
