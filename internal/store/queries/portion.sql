-- name: portion-get
SELECT p.cle, p.depuis FROM portion p WHERE p.organisme_id = $1;

-- name: portion-next
SELECT revision, derniere_synchronisation + 1 FROM organisme WHERE id = $1;

-- name: portion-insert
INSERT INTO portion (organisme_id, cle, depuis) VALUES ($1, $2, $3);

-- name: portion-delete
DELETE FROM portion WHERE organisme_id = $1;

-- name: portion-organismes
SELECT organisme_id FROM portion ORDER BY organisme_id;

-- name: portion-forget-contrats
DELETE FROM contrat WHERE organisme_id = $1 AND depuis = $2;

-- name: portion-forget-personnes
DELETE FROM personne WHERE organisme_id = $1 AND portion = $2;
