-- What was collected so far, set apart as a restart of the edition sets it.
PRAGMA foreign_keys = OFF;
INSERT INTO editions (edition, state, is_simulated, opened_at, closed_at, version)
SELECT edition || '-avant-essai', 'closed', is_simulated, opened_at, opened_at, version FROM editions;
UPDATE responses SET edition = edition || '-avant-essai';
