-- One organisation withdraws its response.
UPDATE responses SET state = 'withdrawn', answers = '{}', last_screen = NULL
WHERE token = (SELECT min(token) FROM responses WHERE state = 'submitted');
