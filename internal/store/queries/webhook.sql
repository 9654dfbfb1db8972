-- name: webhook-insert
INSERT INTO webhook (organisme_id, nom, url, evenements, actif, secret, cree_le) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id;

-- name: webhook-list
SELECT w.id, w.nom, w.url, w.evenements, w.actif, w.motif, w.echecs, w.echec_le, w.prochain_le, w.cree_le,
       (SELECT COUNT(*) FROM livraison l WHERE l.organisme_id = $1 AND l.webhook_id = w.id AND l.etat = 'attente')
FROM webhook w WHERE w.organisme_id = $1 AND (CAST($2 AS BIGINT) = 0 OR w.id = $2) ORDER BY w.id;

-- name: webhook-counts-all
SELECT w.organisme_id, w.actif, w.motif, w.echec_le,
       (SELECT COUNT(*) FROM livraison l WHERE l.organisme_id = w.organisme_id AND l.webhook_id = w.id AND l.etat = 'attente')
FROM webhook w ORDER BY w.organisme_id;

-- name: webhook-targets
SELECT id, evenements FROM webhook WHERE organisme_id = $1 AND actif = 1 ORDER BY id;

-- name: webhook-organismes-all
SELECT DISTINCT organisme_id FROM webhook WHERE actif = 1 ORDER BY organisme_id;

-- A webhook that is changed is tried at once, and whoever delivers to it as it was stops.

-- name: webhook-update
UPDATE webhook SET nom = $3, url = $4, evenements = $5, actif = $6, motif = '', echecs = 0, echec_le = NULL, prochain_le = 0, bail = '', bail_jusqua = 0
WHERE organisme_id = $1 AND id = $2;

-- name: webhook-rotate
UPDATE webhook SET ancien_secret = secret, ancien_jusqua = $4, secret = $3 WHERE organisme_id = $1 AND id = $2;

-- name: webhook-delete
DELETE FROM webhook WHERE organisme_id = $1 AND id = $2;

-- name: livraison-delete-of
DELETE FROM livraison WHERE organisme_id = $1 AND webhook_id = $2;

-- name: webhook-hurry
UPDATE webhook SET prochain_le = 0 WHERE organisme_id = $1 AND id = $2;

-- name: webhook-due-all
SELECT w.organisme_id, w.id FROM webhook w
WHERE w.actif = 1 AND w.prochain_le <= $1 AND w.bail_jusqua <= $1
  AND EXISTS (SELECT 1 FROM livraison l WHERE l.organisme_id = w.organisme_id AND l.webhook_id = w.id AND l.etat = 'attente')
ORDER BY w.prochain_le, w.organisme_id, w.id;

-- name: webhook-lease
UPDATE webhook SET bail = $3, bail_jusqua = $5 WHERE organisme_id = $1 AND id = $2 AND actif = 1 AND prochain_le <= $4 AND bail_jusqua <= $4
RETURNING url, secret, CASE WHEN ancien_jusqua > $4 THEN ancien_secret ELSE '' END, echecs;

-- name: webhook-renew
UPDATE webhook SET bail_jusqua = $4 WHERE organisme_id = $1 AND id = $2 AND bail = $3;

-- name: webhook-success
UPDATE webhook SET echecs = 0, echec_le = NULL, prochain_le = 0 WHERE organisme_id = $1 AND id = $2;

-- name: webhook-failure
UPDATE webhook SET echecs = echecs + 1, echec_le = COALESCE(echec_le, $3), prochain_le = $4 WHERE organisme_id = $1 AND id = $2;

-- name: webhook-stop
UPDATE webhook SET actif = 0, motif = $3 WHERE organisme_id = $1 AND id = $2;

-- name: webhook-free-all
UPDATE webhook SET bail_jusqua = 0 WHERE bail_jusqua <> 0;

-- name: livraison-insert
INSERT INTO livraison (organisme_id, webhook_id, evenement, type, contenu, etat, cree_le) VALUES ($1, $2, $3, $4, $5, 'attente', $6) RETURNING id;

-- name: livraison-next
SELECT id, webhook_id, evenement, type, contenu, etat, cree_le, essais, essai_le, finie_le, statut, erreur
FROM livraison WHERE organisme_id = $1 AND webhook_id = $2 AND etat = 'attente' ORDER BY id LIMIT 1;

-- name: livraison-get
SELECT id, webhook_id, evenement, type, contenu, etat, cree_le, essais, essai_le, finie_le, statut, erreur
FROM livraison WHERE organisme_id = $1 AND id = $2;

-- name: livraison-list
SELECT id, webhook_id, evenement, type, contenu, etat, cree_le, essais, essai_le, finie_le, statut, erreur
FROM livraison WHERE organisme_id = $1 AND webhook_id = $2 AND ($3 = '' OR etat = $3) ORDER BY id DESC LIMIT $4 OFFSET $5;

-- name: livraison-count
SELECT COUNT(*) FROM livraison WHERE organisme_id = $1 AND webhook_id = $2 AND ($3 = '' OR etat = $3);

-- name: livraison-result
UPDATE livraison SET etat = $3, essais = essais + 1, essai_le = $4, finie_le = $5, statut = $6, erreur = $7 WHERE organisme_id = $1 AND id = $2;

-- name: livraison-replay
UPDATE livraison SET etat = 'attente', finie_le = NULL WHERE organisme_id = $1 AND id = $2;

-- name: livraison-give-up-all
UPDATE livraison SET etat = 'abandonnee', finie_le = $2 WHERE etat = 'attente' AND cree_le < $1;

-- name: livraison-purge-all
DELETE FROM livraison WHERE etat <> 'attente' AND finie_le < $1;

-- name: silence-tell
INSERT INTO silence (organisme_id, dernier) VALUES ($1, $2) ON CONFLICT (organisme_id) DO UPDATE SET dernier = excluded.dernier WHERE silence.dernier <> excluded.dernier;

-- name: silence-end
DELETE FROM silence WHERE organisme_id = $1;

-- name: risque-tell
INSERT INTO risque_dit (organisme_id, code_contrat, au_plus_tard) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- name: risque-forget
DELETE FROM risque_dit WHERE organisme_id = $1;
