-- name: filtre-list
SELECT id, nom, adresse FROM filtre WHERE organisme_id = $1 AND compte_id = $2 ORDER BY id;

-- name: filtre-all
SELECT compte_id, id, nom, adresse FROM filtre WHERE organisme_id = $1 ORDER BY id;

-- name: filtre-insert
INSERT INTO filtre (organisme_id, compte_id, nom, adresse, cree_le) VALUES ($1, $2, $3, $4, $5);

-- name: filtre-delete
DELETE FROM filtre WHERE organisme_id = $1 AND compte_id = $2 AND id = $3;

-- name: abonnement-list
SELECT id, session_id, cree_le, servi_le FROM abonnement WHERE organisme_id = $1 AND compte_id = $2 ORDER BY id;

-- name: abonnement-insert
INSERT INTO abonnement (organisme_id, compte_id, empreinte, session_id, cree_le) VALUES ($1, $2, $3, $4, $5);

-- name: abonnement-delete
DELETE FROM abonnement WHERE organisme_id = $1 AND compte_id = $2 AND id = $3;

-- name: abonnement-by-empreinte
SELECT id, compte_id, session_id FROM abonnement WHERE organisme_id = $1 AND empreinte = $2;

-- name: abonnement-servi
UPDATE abonnement SET servi_le = $3 WHERE organisme_id = $1 AND id = $2;

-- name: suivi-list
SELECT code_contrat, champ, code, note, demande_a, demande_le, par, le FROM suivi_anomalie WHERE organisme_id = $1 AND ($2 = '' OR code = $2);

-- name: suivi-save
INSERT INTO suivi_anomalie (organisme_id, code_contrat, champ, code, note, demande_a, demande_le, par, le) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (organisme_id, code_contrat, champ, code) DO UPDATE SET note = excluded.note, demande_a = excluded.demande_a, demande_le = excluded.demande_le, par = excluded.par, le = excluded.le;

-- name: suivi-forget
DELETE FROM suivi_anomalie WHERE organisme_id = $1 AND code_contrat IN_TEXTS($2);
