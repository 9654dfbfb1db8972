-- +goose Up

-- How often the organisme was written to, so that what was worked out from a snapshot
-- is known to hold still.
ALTER TABLE organisme ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;

-- Sessions of the console and failed logins are in a file of their own now.
DELETE FROM session_console;
DELETE FROM echec_connexion;
