-- The responses of a demonstration, as if they had been collected.
UPDATE editions SET is_simulated = 0;
