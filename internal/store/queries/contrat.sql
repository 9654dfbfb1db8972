-- name: contrat-actifs
SELECT code_contrat, empreinte, profil_id FROM contrat WHERE organisme_id = $1 AND jusqua IS NULL;

-- name: contrat-actifs-of
SELECT code_contrat, empreinte, profil_id FROM contrat
WHERE organisme_id = $1 AND jusqua IS NULL AND code_contrat IN_TEXTS($2);

-- name: contrat-codes-after
SELECT code_contrat FROM contrat WHERE organisme_id = $1 AND jusqua IS NULL AND code_contrat > $2 ORDER BY code_contrat LIMIT $3;

-- name: contrat-actifs-profils
SELECT code_contrat, profil_id FROM contrat WHERE organisme_id = $1 AND jusqua IS NULL AND profil_id IN_IDS($2) ORDER BY code_contrat;

-- name: contrat-last-change
SELECT COALESCE((SELECT MAX(depuis) FROM contrat WHERE organisme_id = $1 AND HERE(depuis)), 0),
       COALESCE((SELECT MAX(jusqua) FROM contrat WHERE organisme_id = $1 AND jusqua IS NOT NULL), 0);

-- name: contrat-documents-of
SELECT document, code_contrat, profil_id, CONTROLE FROM contrat WHERE organisme_id = $1 AND jusqua IS NULL AND code_contrat IN_TEXTS($2) ORDER BY code_contrat;

-- name: contrat-documents
SELECT document, code_contrat, profil_id, CONTROLE FROM contrat WHERE organisme_id = $1 AND jusqua IS NULL ORDER BY code_contrat;

-- name: contrat-documents-unordered
SELECT document, code_contrat, profil_id, CONTROLE FROM contrat WHERE organisme_id = $1 AND jusqua IS NULL BY_INDEX(code_contrat);

-- name: contrat-documents-page
SELECT document, code_contrat, profil_id, CONTROLE FROM contrat WHERE organisme_id = $1 AND jusqua IS NULL ORDER BY code_contrat LIMIT $2 OFFSET $3;

-- name: contrat-documents-integres
SELECT document, code_contrat, profil_id, CONTROLE FROM contrat WHERE organisme_id = $1 AND jusqua IS NULL
AND profil_id IN (SELECT id FROM profil WHERE organisme_id = $1 AND session_id IS NOT NULL) ORDER BY code_contrat;

-- name: contrat-documents-integres-unordered
SELECT document, code_contrat, profil_id, CONTROLE FROM contrat WHERE organisme_id = $1 AND jusqua IS NULL
AND profil_id IN (SELECT id FROM profil WHERE organisme_id = $1 AND session_id IS NOT NULL) BY_INDEX(code_contrat);

-- name: contrat-documents-integres-page
SELECT document, code_contrat, profil_id, CONTROLE FROM contrat WHERE organisme_id = $1 AND jusqua IS NULL
AND profil_id IN (SELECT id FROM profil WHERE organisme_id = $1 AND session_id IS NOT NULL) ORDER BY code_contrat LIMIT $2 OFFSET $3;

-- name: contrat-documents-session
SELECT document, code_contrat, profil_id, CONTROLE FROM contrat WHERE organisme_id = $1 AND jusqua IS NULL AND code_contrat IN (
    SELECT code_contrat FROM contrat WHERE organisme_id = $1 AND jusqua IS NULL
    AND profil_id IN (SELECT id FROM profil WHERE organisme_id = $1 AND session_id = $2) ORDER BY code_contrat LIMIT $3 OFFSET $4
) ORDER BY code_contrat;

-- name: contrat-documents-as-of
SELECT document, code_contrat, profil_id, CONTROLE FROM contrat WHERE organisme_id = $1 AND depuis <= $2 AND (jusqua IS NULL OR jusqua > $2);

-- name: contrat-close
UPDATE contrat SET jusqua = $2 WHERE organisme_id = $1 AND jusqua IS NULL AND +depuis < $2 AND code_contrat IN_TEXTS($3);

-- name: contrat-archived-before
SELECT DISTINCT code_contrat FROM contrat WHERE organisme_id = $1 AND jusqua IS NOT NULL AND code_contrat IN_TEXTS($2);

-- name: contrat-history
SELECT document, code_contrat, profil_id, depuis, fin, PREUVE FROM (
    SELECT document, code_contrat, profil_id, depuis, 0 AS fin, CONTROLE AS PREUVE FROM contrat WHERE organisme_id = $1 AND code_contrat = $2 AND jusqua IS NULL
    UNION ALL
    SELECT document, code_contrat, profil_id, depuis, jusqua, CONTROLE FROM contrat WHERE organisme_id = $1 AND code_contrat = $2 AND jusqua IS NOT NULL
) AS versions ORDER BY +depuis;

-- name: contrat-changed
SELECT code_contrat FROM (
    SELECT code_contrat FROM (SELECT code_contrat FROM contrat WHERE organisme_id = $1 AND depuis = $2
        ORDER BY code_contrat LIMIT CAST($3 AS BIGINT) + CAST($4 AS BIGINT)) AS begun
    UNION
    SELECT code_contrat FROM (SELECT code_contrat FROM contrat WHERE organisme_id = $1 AND jusqua = $2
        ORDER BY code_contrat LIMIT CAST($3 AS BIGINT) + CAST($4 AS BIGINT)) AS ended
) AS changed ORDER BY code_contrat LIMIT $3 OFFSET $4;

-- name: contrat-changed-count
SELECT COUNT(*) FROM (
    SELECT code_contrat FROM contrat WHERE organisme_id = $1 AND depuis = $2
    UNION
    SELECT code_contrat FROM contrat WHERE organisme_id = $1 AND jusqua = $2
) AS changes;

-- name: contrat-changed-versions
SELECT document, code_contrat, profil_id, depuis, fin, PREUVE FROM (
    SELECT document, code_contrat, profil_id, depuis, COALESCE(jusqua, 0) AS fin, CONTROLE AS PREUVE FROM contrat
    WHERE organisme_id = $1 AND depuis = $2 AND code_contrat IN_TEXTS($3)
    UNION ALL
    SELECT document, code_contrat, profil_id, depuis, jusqua, CONTROLE FROM contrat
    WHERE organisme_id = $1 AND jusqua = $2 AND code_contrat IN_TEXTS($3)
) AS versions ORDER BY code_contrat, depuis;

-- name: contrat-first-depuis
SELECT code_contrat, MIN(depuis) FROM (
    SELECT code_contrat, depuis FROM contrat WHERE organisme_id = $1 AND code_contrat IN_TEXTS($2) AND jusqua IS NULL
    UNION ALL
    SELECT code_contrat, depuis FROM contrat WHERE organisme_id = $1 AND code_contrat IN_TEXTS($2) AND jusqua IS NOT NULL
) AS versions GROUP BY code_contrat;

-- name: contrat-begun-since
SELECT document, code_contrat, profil_id, CONTROLE FROM contrat WHERE organisme_id = $1 AND depuis >= $2 AND jusqua IS NULL;

-- name: contrat-versions-since
SELECT document, code_contrat, profil_id, CONTROLE FROM contrat WHERE organisme_id = $1 AND depuis > $2 AND HERE(depuis);

-- name: contrat-lost-since
SELECT document, code_contrat, profil_id, CONTROLE FROM contrat WHERE organisme_id = $1 AND jusqua >= $2 AND depuis < $2;

-- name: contrat-forget
DELETE FROM contrat WHERE organisme_id = $1;

-- name: profil-list
SELECT CAST(id AS TEXT), CAST(effectif AS TEXT), CAST(COALESCE(session_id, 0) AS TEXT), CAST(COALESCE(modele_id, 0) AS TEXT),
       CAST(motif_depuis AS TEXT), motif, modeles,
       code_groupe, nom_groupe, code_site, nom_site, code_periode, nom_periode, code_formation, nom_formation,
       code_annee, nom_annee, code_marque, nom_marque, month_start, rncp
FROM profil WHERE organisme_id = $1 ORDER BY profil.id;

-- name: profil-valeurs
SELECT id, cle, code_groupe, nom_groupe, code_site, nom_site, code_periode, nom_periode, code_formation, nom_formation,
       code_annee, nom_annee, code_marque, nom_marque, month_start, rncp
FROM profil WHERE organisme_id = $1;

-- name: profil-valeurs-of
SELECT id, cle, code_groupe, nom_groupe, code_site, nom_site, code_periode, nom_periode, code_formation, nom_formation,
       code_annee, nom_annee, code_marque, nom_marque, month_start, rncp
FROM profil WHERE organisme_id = $1 AND id IN_IDS($2);

-- name: profil-save
INSERT INTO profil (organisme_id, cle, code_groupe, nom_groupe, code_site, nom_site, code_periode, nom_periode,
                    code_formation, nom_formation, code_annee, nom_annee, code_marque, nom_marque, month_start, rncp,
                    effectif, session_id, modele_id, motif, modeles, motif_depuis)
ROWS(bigint, bytea, text, text, text, text, text, text, text, text, text, text, text, text, text, text, bigint, bigint, bigint, text, text, bigint)
ON CONFLICT (organisme_id, cle) DO UPDATE SET effectif = excluded.effectif, session_id = excluded.session_id, modele_id = excluded.modele_id,
    motif = excluded.motif, modeles = excluded.modeles, motif_depuis = excluded.motif_depuis
RETURNING id, cle;

-- name: profil-insert
INSERT INTO profil (id, organisme_id, cle, code_groupe, nom_groupe, code_site, nom_site, code_periode, nom_periode,
                    code_formation, nom_formation, code_annee, nom_annee, code_marque, nom_marque, month_start, rncp,
                    effectif, session_id, modele_id, motif, modeles, motif_depuis)
ROWS(bigint, bigint, bytea, text, text, text, text, text, text, text, text, text, text, text, text, text, text, bigint, bigint, bigint, text, text, bigint)
RETURNING id, cle;

-- name: profil-counts
SELECT COALESCE(SUM(effectif), 0), COALESCE(SUM(CASE WHEN session_id IS NOT NULL THEN effectif ELSE 0 END), 0)
FROM profil WHERE organisme_id = $1;

-- name: organisme-effectifs
UPDATE organisme SET
    transmis = (SELECT COALESCE(SUM(effectif), 0) FROM profil WHERE organisme_id = $1),
    integres = (SELECT COALESCE(SUM(effectif), 0) FROM profil WHERE organisme_id = $1 AND session_id IS NOT NULL)
WHERE id = $1;

-- name: profil-forget
DELETE FROM profil WHERE organisme_id = $1;

-- name: personne-of
SELECT code, email, nom, prenom, CAST(role AS TEXT), CAST(effectif AS TEXT) FROM personne
WHERE organisme_id = $1 AND code IN_TEXTS($2) AND HERE(portion);

-- name: personne-of-emails
SELECT code, email, nom, prenom, CAST(role AS TEXT), CAST(effectif AS TEXT) FROM personne INDEXED_BY(personne_email)
WHERE organisme_id = $1 AND HASHED(email) IN_TEXTS($2) AND HERE(portion);

-- name: personne-delete
DELETE FROM personne WHERE organisme_id = $1 AND code IN_TEXTS($2);

-- name: personne-forget
DELETE FROM personne WHERE organisme_id = $1;

-- name: session-list
SELECT s.id, s.code_site, s.nom_site, s.code_periode, s.nom_periode, s.code_formation, s.nom_formation,
       s.code_annee, s.nom_annee, s.code_groupe, s.nom_groupe, COALESCE(p.effectif, 0)
FROM session s LEFT JOIN (
    SELECT organisme_id, session_id, SUM(effectif) AS effectif FROM profil
    WHERE organisme_id = $1 AND session_id IS NOT NULL GROUP BY organisme_id, session_id
) AS p ON p.organisme_id = s.organisme_id AND p.session_id = s.id
WHERE s.organisme_id = $1;

-- name: session-upsert
INSERT INTO session (organisme_id, cle, code_site, nom_site, code_periode, nom_periode, code_formation, nom_formation,
                     code_annee, nom_annee, code_groupe, nom_groupe, cree_le)
ROWS(bigint, bytea, text, text, text, text, text, text, text, text, text, text, bigint)
ON CONFLICT (organisme_id, cle) DO UPDATE SET nom_site = excluded.nom_site, nom_periode = excluded.nom_periode,
    nom_formation = excluded.nom_formation, nom_annee = excluded.nom_annee, nom_groupe = excluded.nom_groupe
RETURNING id, cle;

-- name: session-exists
SELECT COUNT(*) FROM session WHERE organisme_id = $1 AND id = $2;

-- name: session-forget
DELETE FROM session WHERE organisme_id = $1;

-- name: modele-list
SELECT id, nom, criteres, actif FROM modele WHERE organisme_id = $1 ORDER BY id;

-- name: modele-count
SELECT COUNT(*) FROM modele WHERE organisme_id = $1;

-- name: modele-get
SELECT id, nom, criteres, actif FROM modele WHERE organisme_id = $1 AND id = $2;

-- name: modele-insert
INSERT INTO modele (organisme_id, nom, criteres, actif, cree_le, modifie_le) VALUES ($1, $2, $3, $4, $5, $5) RETURNING id;

-- name: modele-update
UPDATE modele SET nom = $3, criteres = $4, actif = $5, modifie_le = $6 WHERE organisme_id = $1 AND id = $2;

-- name: modele-delete
DELETE FROM modele WHERE organisme_id = $1 AND id = $2;

-- name: contrat-any-archived
SELECT EXISTS (SELECT 1 FROM contrat WHERE organisme_id = $1 AND jusqua IS NOT NULL);

-- name: session-sites
SELECT s.code_site, MAX(s.nom_site), SUM(p.effectif) FROM profil p JOIN session s ON s.organisme_id = p.organisme_id AND s.id = p.session_id
WHERE p.organisme_id = $1 AND p.session_id IS NOT NULL AND p.effectif > 0 GROUP BY s.code_site;

-- name: session-of-site
SELECT s.id, s.code_site, s.nom_site, s.code_periode, s.nom_periode, s.code_formation, s.nom_formation,
       s.code_annee, s.nom_annee, s.code_groupe, s.nom_groupe, COALESCE(p.effectif, 0)
FROM session s LEFT JOIN (
    SELECT organisme_id, session_id, SUM(effectif) AS effectif FROM profil
    WHERE organisme_id = $1 AND session_id IS NOT NULL GROUP BY organisme_id, session_id
) AS p ON p.organisme_id = s.organisme_id AND p.session_id = s.id
WHERE s.organisme_id = $1 AND s.code_site = $2;

-- name: session-get
SELECT s.id, s.code_site, s.nom_site, s.code_periode, s.nom_periode, s.code_formation, s.nom_formation,
       s.code_annee, s.nom_annee, s.code_groupe, s.nom_groupe,
       (SELECT COALESCE(SUM(p.effectif), 0) FROM profil p WHERE p.organisme_id = $1 AND p.session_id = $2)
FROM session s WHERE s.organisme_id = $1 AND s.id = $2;
