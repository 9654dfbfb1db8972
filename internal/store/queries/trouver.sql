-- name: filtre-list
SELECT id, nom, adresse FROM filtre WHERE organisme_id = $1 AND compte_id = $2 ORDER BY id;

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
