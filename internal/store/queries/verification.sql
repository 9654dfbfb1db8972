-- name: verification-contrats
SELECT code_contrat, CAST(depuis AS TEXT), CAST(CASE WHEN jusqua <= $2 THEN jusqua ELSE 0 END AS TEXT), empreinte, document, profil_id
FROM contrat WHERE organisme_id = $1 AND depuis <= $2;
