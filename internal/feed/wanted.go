package feed

// Wanted is the condition in SQL under which the webhook endpoint w is to be
// sent the event e. A test goes to the one endpoint that it names, whatever
// types that one asks for. A list of changed fields holds back changes alone:
// what was made, is gone or is back is always told.
const Wanted = `(CASE e.type WHEN '` + TestType + `' THEN w.id = e.entity_id ELSE
	(w.event_types IN ('[]', 'null') OR w.event_types ?| ARRAY[e.type, split_part(e.type, '.', 1) || '.*'])
	AND (w.changed_fields IN ('[]', 'null') OR e.changed IN ('[]', 'null') OR e.type ~ '[.](deleted|restored)$' OR w.changed_fields ?|
		(SELECT array_agg(split_part(e.type, '.', 1) || '.' || name) FROM jsonb_array_elements_text(e.changed || '["*"]') AS name)) END)`
