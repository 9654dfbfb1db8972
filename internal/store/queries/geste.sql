-- name: geste-insert
INSERT INTO geste (organisme_id, quoi, objet, detail, par, jeton_id, le) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: geste-count
SELECT COUNT(*) FROM geste WHERE organisme_id = $1 AND ($2 = '' OR quoi LIKE $2);

-- name: geste-page
SELECT id, quoi, objet, detail, par, COALESCE(jeton_id, 0), le FROM geste
WHERE organisme_id = $1 AND ($2 = '' OR quoi LIKE $2) ORDER BY id DESC LIMIT $3 OFFSET $4;

-- name: geste-of
SELECT id, quoi, objet, detail, par, COALESCE(jeton_id, 0), le FROM geste
WHERE organisme_id = $1 AND objet = $2 AND quoi LIKE $3 ORDER BY id DESC LIMIT $4;

-- name: appel-insert
INSERT INTO appel (organisme_id, jeton_id, methode, route, statut, duree_ms, le) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: appel-trim
DELETE FROM appel WHERE organisme_id = $1 AND jeton_id = $2
AND id <= (SELECT a.id FROM appel a WHERE a.organisme_id = $1 AND a.jeton_id = $2 ORDER BY a.id DESC LIMIT 1 OFFSET $3);

-- name: appel-list
SELECT methode, route, statut, duree_ms, le FROM appel WHERE organisme_id = $1 AND jeton_id = $2 ORDER BY id DESC LIMIT $3;
