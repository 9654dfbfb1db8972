-- name: societe-get
SELECT organisme_id, id, nom, siret, immatriculation, reference FROM societe WHERE id = $1;

-- name: exercice-list
SELECT id, debut, fin, lettrage, clos_le, COALESCE(clos_par, 0), clos_prenom, clos_nom, report_a_nouveau, review_model_id, review_model_label
FROM exercice WHERE organisme_id = $1 AND societe_id = $2 ORDER BY debut;

-- name: exercice-insert
INSERT INTO exercice (organisme_id, societe_id, debut, fin, lettrage, clos_le, clos_par, clos_prenom, clos_nom, report_a_nouveau, review_model_id, review_model_label)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id;

-- name: exercice-insert-id
INSERT INTO exercice (organisme_id, societe_id, debut, fin, lettrage, clos_le, clos_par, clos_prenom, clos_nom, report_a_nouveau, review_model_id, review_model_label, id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id;

-- name: exercice-update
UPDATE exercice SET debut = $3, fin = $4, lettrage = $5, clos_le = $6, clos_par = $7, clos_prenom = $8, clos_nom = $9,
       report_a_nouveau = $10, review_model_id = $11, review_model_label = $12
WHERE organisme_id = $1 AND societe_id = $2 AND id = $13;

-- name: evenement-exercice-insert
INSERT INTO evenement_exercice (organisme_id, societe_id, rang, quand, genre, jeton_id, par, exercice)
SELECT $1, $2, COALESCE(MAX(rang), 0) + 1, $3, $4, $5, $6, $7 FROM evenement_exercice WHERE organisme_id = $1 AND societe_id = $2;

-- name: evenement-exercice-list
SELECT quand, genre, exercice FROM evenement_exercice WHERE organisme_id = $1 AND societe_id = $2 ORDER BY rang;

-- name: cloture-insert
INSERT INTO cloture (organisme_id, societe_id, rang, exercice_id, quand_us, ventilation, synchronisation_id, liste_tarifs, precedent, empreinte)
SELECT $1, $2, COALESCE(MAX(rang), 0) + 1, $3, $4, $5, $6, $7, $8, $9 FROM cloture WHERE organisme_id = $1 AND societe_id = $2;

-- name: cloture-list
SELECT c.exercice_id, c.quand_us, c.ventilation, c.synchronisation_id, c.liste_tarifs, COALESCE(f.regle, 0), COALESCE(f.decisions, 0), c.precedent, c.empreinte
FROM cloture c LEFT JOIN cloture_fins f ON f.organisme_id = c.organisme_id AND f.societe_id = c.societe_id AND f.rang = c.rang
WHERE c.organisme_id = $1 AND c.societe_id = $2 ORDER BY c.rang;

-- name: reponse-get
SELECT demande, statut, corps FROM reponse WHERE organisme_id = $1 AND societe_id = $2 AND jeton_id = $3 AND cle = $4;

-- name: reponse-insert
INSERT INTO reponse (organisme_id, societe_id, jeton_id, cle, demande, statut, corps, cree_le) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: reponse-expire
DELETE FROM reponse WHERE cree_le < $1;
