-- name: liste-tarifs-list
SELECT rang, cree_le, par, effectif FROM liste_tarifs WHERE organisme_id = $1 ORDER BY rang DESC;

-- name: liste-tarifs-insert
INSERT INTO liste_tarifs (organisme_id, rang, cree_le, par, effectif)
SELECT $1, COALESCE(MAX(rang), 0) + 1, $2, $3, $4 FROM liste_tarifs WHERE organisme_id = $1
RETURNING rang;

-- name: tarif-insert
INSERT INTO tarif (organisme_id, liste, rang, genre, code, montant, debut, fin)
ROWS(bigint, bigint, bigint, text, text, bigint, bigint, bigint)
RETURNING rang, code;

-- name: tarif-list
SELECT genre, code, montant, debut, fin FROM tarif WHERE organisme_id = $1 AND liste = $2 ORDER BY rang;
