-- name: courriel-put
INSERT INTO courriel (organisme_id, compte_id, rythme, prochain_le) VALUES ($1, $2, $3, $4)
ON CONFLICT (organisme_id, compte_id) DO UPDATE SET rythme = excluded.rythme, prochain_le = excluded.prochain_le, echecs = 0;

-- name: courriel-delete
DELETE FROM courriel WHERE organisme_id = $1 AND compte_id = $2;

-- name: courriel-get
SELECT organisme_id, compte_id, rythme, prochain_le, dit, COALESCE(envoye_le, 0), echecs FROM courriel WHERE organisme_id = $1 AND compte_id = $2;

-- name: courriel-dus
SELECT organisme_id, compte_id, rythme, prochain_le, dit, COALESCE(envoye_le, 0), echecs FROM courriel
WHERE prochain_le <= $1 AND bail_jusqua <= $1 ORDER BY organisme_id, compte_id;

-- name: courriel-bail
UPDATE courriel SET bail = $3, bail_jusqua = $4
WHERE organisme_id = $1 AND compte_id = $2 AND bail_jusqua <= $5 AND prochain_le = $6 AND dit = $7;

-- name: courriel-dit
UPDATE courriel SET dit = $4, prochain_le = $5, envoye_le = COALESCE($6, envoye_le), echecs = 0, bail = '', bail_jusqua = 0
WHERE organisme_id = $1 AND compte_id = $2 AND bail = $3;

-- name: courriel-echec
UPDATE courriel SET prochain_le = $4, echecs = echecs + 1, bail = '', bail_jusqua = 0
WHERE organisme_id = $1 AND compte_id = $2 AND bail = $3;

-- name: flux-put
INSERT INTO flux (organisme_id, compte_id, empreinte, cree_le) VALUES ($1, $2, $3, $4)
ON CONFLICT (organisme_id, compte_id) DO UPDATE SET empreinte = excluded.empreinte, cree_le = excluded.cree_le;

-- name: flux-delete
DELETE FROM flux WHERE organisme_id = $1 AND compte_id = $2;

-- name: flux-of
SELECT cree_le FROM flux WHERE organisme_id = $1 AND compte_id = $2;

-- name: flux-by-empreinte
SELECT organisme_id, compte_id FROM flux WHERE empreinte = $1;
