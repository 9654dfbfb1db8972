-- +goose Up

-- CRC-32C of document, which is held against it whenever it is read: SQLite
-- believes what it reads as long as it has the form of a page. NULL for what was
-- stored before: empreinte serves then.
ALTER TABLE contrat ADD COLUMN controle BLOB;
