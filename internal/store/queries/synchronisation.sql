-- name: synchronisation-insert
INSERT INTO synchronisation (organisme_id, id, origine, etat, lien, jeton_id, par, debut, duree_ms, total, ajoutes, ranimes, modifies, identiques, archives, refuses, integres)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17);

-- name: synchronisation-etat
UPDATE synchronisation SET etat = $3 WHERE organisme_id = $1 AND id = $2;

-- name: synchronisation-get
SELECT id, origine, etat, COALESCE(lien, 0), COALESCE(jeton_id, 0), par, debut, duree_ms, total, ajoutes, ranimes, modifies, identiques, archives, refuses, integres
FROM synchronisation WHERE organisme_id = $1 AND id = $2;

-- name: synchronisation-list
SELECT id, origine, etat, COALESCE(lien, 0), COALESCE(jeton_id, 0), par, debut, duree_ms, total, ajoutes, ranimes, modifies, identiques, archives, refuses, integres
FROM synchronisation WHERE organisme_id = $1 ORDER BY id DESC LIMIT $2 OFFSET $3;

-- name: synchronisation-count
SELECT COUNT(*) FROM synchronisation WHERE organisme_id = $1;

-- name: synchronisation-choice
-- A part of the journal, in the order of a column: the sign turns it round.
SELECT id, origine, etat, COALESCE(lien, 0), COALESCE(jeton_id, 0), par, debut, duree_ms, total, ajoutes, ranimes, modifies, identiques, archives, refuses, integres
FROM synchronisation WHERE organisme_id = $1 AND ($2 = '' OR etat = $2) AND ($3 = '' OR origine = $3)
ORDER BY CAST($5 AS BIGINT) * CASE $4 WHEN 'ajoutes' THEN ajoutes WHEN 'modifies' THEN modifies WHEN 'archives' THEN archives
    WHEN 'refuses' THEN refuses WHEN 'total' THEN total WHEN 'duree' THEN duree_ms ELSE id END, id DESC LIMIT $6 OFFSET $7;

-- name: synchronisation-choice-count
SELECT COUNT(*) FROM synchronisation WHERE organisme_id = $1 AND ($2 = '' OR etat = $2) AND ($3 = '' OR origine = $3);

-- name: synchronisation-latest
SELECT COALESCE(MAX(id), 0) FROM synchronisation WHERE organisme_id = $1 AND etat = 'appliquee';

-- name: synchronisation-reset
SELECT COALESCE(MAX(id), 0) FROM synchronisation WHERE organisme_id = $1 AND origine = 'remise-a-zero';

-- name: synchronisation-retenues
SELECT id, debut FROM synchronisation WHERE organisme_id = $1 AND etat = 'retenue' ORDER BY id;

-- name: synchronisation-retenues-all
SELECT organisme_id, id, debut FROM synchronisation WHERE etat = 'retenue' AND debut < $1 ORDER BY organisme_id, id;

-- name: organisme-envois
UPDATE organisme SET envois = (
    SELECT string_agg(CAST(x.debut AS TEXT), ',' ORDER BY x.id DESC) FROM (
        SELECT s.id, s.debut FROM synchronisation s WHERE s.organisme_id = $1 AND s.origine IN ('v1', 'v2', 'changes', 'import') ORDER BY s.id DESC LIMIT 21
    ) AS x
) WHERE id = $1;

-- name: organisme-etats
SELECT id, nom, sandbox, COALESCE(rythme_ms, 0), envois, transmis, integres FROM organisme ORDER BY id;

-- name: synchronisation-push-dates
SELECT debut FROM synchronisation WHERE organisme_id = $1 AND origine IN ('v1', 'v2', 'changes', 'import') ORDER BY id DESC LIMIT $2;

-- The counts of active contracts that the guard looks at: of what was applied since
-- the last line before a time, or that a person asked for.

-- name: synchronisation-most
SELECT COALESCE(MAX(s.total), 0) FROM synchronisation s WHERE s.organisme_id = $1 AND s.etat = 'appliquee' AND s.id >= COALESCE((
    SELECT b.id FROM synchronisation b WHERE b.organisme_id = $1 AND b.etat = 'appliquee' AND (
        b.debut < $2 OR b.origine IN ('confirmation', 'annulation', 'remise-a-zero')
        OR EXISTS (SELECT 1 FROM note n WHERE n.organisme_id = $1 AND n.synchronisation_id = b.id AND n.nature = 'confirme')
    ) ORDER BY b.id DESC LIMIT 1
), 0);

-- name: note-insert
INSERT INTO note (organisme_id, synchronisation_id, nature, contenu) VALUES ($1, $2, $3, $4);

-- name: note-get
SELECT contenu FROM note WHERE organisme_id = $1 AND synchronisation_id = $2 AND nature = $3;

-- name: note-delete
DELETE FROM note WHERE organisme_id = $1 AND nature = $2;

-- name: push-retenu-insert
INSERT INTO push_retenu (organisme_id, synchronisation_id, partie, contenu) VALUES ($1, $2, $3, $4);

-- name: push-retenu-parts
SELECT contenu FROM push_retenu WHERE organisme_id = $1 AND synchronisation_id = $2 ORDER BY partie;

-- name: push-retenu-delete
DELETE FROM push_retenu WHERE organisme_id = $1 AND synchronisation_id = $2;

-- name: anomalie-list
SELECT nature, position, code_contrat, champ, code, message, oppose_a, depuis, apprenant, site, valeur FROM anomalie
WHERE organisme_id = $1 ORDER BY rang;

-- name: anomalie-delete
DELETE FROM anomalie WHERE organisme_id = $1;

-- name: anomalie-insert
INSERT INTO anomalie (organisme_id, rang, nature, position, code_contrat, champ, code, message, oppose_a, depuis, apprenant, site, valeur)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- A contract is not integrated since its profil is not, but not before it came:
-- since the beginning of the first of its versions that follow each other without
-- a gap up to the active one.

-- name: anomalie-page
SELECT nature, position, code_contrat, champ, code, message, oppose_a, depuis, apprenant, site, valeur, CASE WHEN nature <> 'non-integre' THEN 0 ELSE (
    SELECT s.debut FROM synchronisation s WHERE s.organisme_id = $1 AND s.id = (
        SELECT MAX(v.depuis) FROM (
            SELECT a.depuis FROM contrat a WHERE a.organisme_id = $1 AND a.code_contrat = page.code_contrat AND a.jusqua IS NULL
            UNION ALL
            SELECT b.depuis FROM contrat b WHERE b.organisme_id = $1 AND b.code_contrat = page.code_contrat AND b.jusqua IS NOT NULL
        ) AS v
        WHERE NOT EXISTS (SELECT 1 FROM contrat w WHERE w.organisme_id = $1 AND w.code_contrat = page.code_contrat AND w.jusqua = v.depuis)
    )
) END AS arrivee FROM (
    SELECT nature, position, code_contrat, champ, code, message, oppose_a, depuis, apprenant, site, valeur, rang FROM (
        SELECT nature, position, code_contrat, champ, code, message, oppose_a, depuis, apprenant, site, valeur, rang FROM anomalie WHERE organisme_id = $1
        UNION ALL
        SELECT 'non-integre', -1, c.code_contrat, '', p.motif, p.modeles, '', p.motif_depuis, '', '', '', 1000000000
        FROM contrat c JOIN profil p ON p.organisme_id = c.organisme_id AND p.id = c.profil_id
        WHERE c.organisme_id = $1 AND c.jusqua IS NULL AND p.motif <> ''
    ) AS toutes ORDER BY code_contrat, rang LIMIT $2 OFFSET $3
) AS page ORDER BY code_contrat, rang;

-- name: anomalie-count
SELECT (SELECT COUNT(*) FROM anomalie WHERE organisme_id = $1)
     + (SELECT COALESCE(SUM(effectif), 0) FROM profil WHERE organisme_id = $1 AND motif <> '');

-- name: synchronisation-last
SELECT derniere_synchronisation FROM organisme WHERE id = $1;

-- name: contrat-changed-all-added
SELECT code_contrat FROM contrat WHERE organisme_id = $1 AND depuis = $2 ORDER BY code_contrat LIMIT $3 OFFSET $4;

-- name: contrat-changed-all-archived
SELECT code_contrat FROM contrat WHERE organisme_id = $1 AND jusqua = $2 ORDER BY code_contrat LIMIT $3 OFFSET $4;

-- name: contrat-changed-added
SELECT c.code_contrat FROM contrat c WHERE c.organisme_id = $1 AND c.depuis = $2
AND NOT EXISTS (SELECT 1 FROM contrat o WHERE o.organisme_id = $1 AND o.jusqua = $2 AND o.code_contrat = c.code_contrat)
ORDER BY c.code_contrat LIMIT $3 OFFSET $4;

-- name: contrat-changed-updated
SELECT c.code_contrat FROM contrat c WHERE c.organisme_id = $1 AND c.jusqua = $2
AND EXISTS (SELECT 1 FROM contrat o WHERE o.organisme_id = $1 AND o.depuis = $2 AND o.code_contrat = c.code_contrat)
ORDER BY c.code_contrat LIMIT $3 OFFSET $4;

-- name: contrat-changed-archived
SELECT c.code_contrat FROM contrat c WHERE c.organisme_id = $1 AND c.jusqua = $2
AND NOT EXISTS (SELECT 1 FROM contrat o WHERE o.organisme_id = $1 AND o.depuis = $2 AND o.code_contrat = c.code_contrat)
ORDER BY c.code_contrat LIMIT $3 OFFSET $4;

-- name: anomalie-regles
SELECT nature, code, COUNT(*), MIN(depuis) FROM anomalie WHERE organisme_id = $1 GROUP BY nature, code
UNION ALL
SELECT 'non-integre', motif, SUM(effectif), MIN(motif_depuis) FROM profil WHERE organisme_id = $1 AND motif <> '' AND effectif > 0 GROUP BY motif;

-- name: anomalie-contrats-refuses
SELECT COUNT(DISTINCT CASE WHEN code_contrat <> '' THEN code_contrat ELSE CAST(position AS TEXT) END) FROM anomalie WHERE organisme_id = $1 AND nature = 'refus';

-- name: anomalie-of-regle
SELECT nature, position, code_contrat, champ, code, message, oppose_a, depuis, apprenant, site, valeur FROM anomalie
WHERE organisme_id = $1 AND nature = $2 AND code = $3 ORDER BY rang LIMIT $4 OFFSET $5;

-- name: anomalie-of-contrat
SELECT nature, position, code_contrat, champ, code, message, oppose_a, depuis, apprenant, site, valeur FROM anomalie
WHERE organisme_id = $1 AND code_contrat = $2 ORDER BY rang;
