package bench

// The statements of the limit. Each is the straightforward way to have
// Postgres build the answer.
const (
	limitOne = `SELECT json_build_object('student', json_build_object('id', s.id, 'firstName', s.first_name, 'lastName', s.last_name, 'birthDate', s.birth_date,
	'household', json_build_object('id', h.id, 'name', h.name, 'guardians', json_build_object('nodes', (
		SELECT coalesce(json_agg(json_build_object('id', g.id, 'firstName', g.first_name, 'lastName', g.last_name, 'email', g.email)), '[]')
		FROM (SELECT * FROM guardians WHERE tenant_id = $1 AND household_id = h.id AND deleted_at IS NULL ORDER BY id LIMIT 1) g))),
	'enrollments', json_build_object('nodes', (
		SELECT coalesce(json_agg(json_build_object('id', e.id, 'status', e.status, 'enrolledAt', e.enrolled_at,
			'class', json_build_object('id', c.id, 'name', c.name, 'weekday', c.weekday)) ORDER BY e.id), '[]')
		FROM (SELECT * FROM enrollments WHERE tenant_id = $1 AND student_id = s.id ORDER BY id LIMIT 5) e
		JOIN classes c ON c.tenant_id = $1 AND c.id = e.class_id))))
	FROM students s JOIN households h ON h.tenant_id = $1 AND h.id = s.household_id
	WHERE s.tenant_id = $1 AND s.id = $2 AND s.deleted_at IS NULL`

	limitStudents = `SELECT json_build_object('students', json_build_object('nodes', coalesce(json_agg(
		json_build_object('id', s.id, 'firstName', s.first_name, 'lastName', s.last_name, 'enrollments', json_build_object('nodes', (
			SELECT coalesce(json_agg(json_build_object('id', e.id, 'status', e.status, 'enrolledAt', e.enrolled_at,
				'class', json_build_object('id', c.id, 'name', c.name, 'weekday', c.weekday)) ORDER BY e.id), '[]')
			FROM (SELECT * FROM enrollments WHERE tenant_id = $1 AND student_id = s.id ORDER BY id LIMIT 25) e
			JOIN classes c ON c.tenant_id = $1 AND c.id = e.class_id))) ORDER BY s.last_name, s.id), '[]')))
	FROM (SELECT * FROM students WHERE tenant_id = $1 AND deleted_at IS NULL AND last_name >= $2 ORDER BY last_name, id LIMIT 50) s`

	limitInvoices = `WITH page AS MATERIALIZED (
		SELECT id, number, status, total, due_on, student_id FROM invoices
		WHERE tenant_id = $1 AND status = $2 AND (due_on, id) > ($3::text::date, $4) ORDER BY due_on, id LIMIT 101
	), shown AS (SELECT * FROM page ORDER BY due_on, id LIMIT 100)
	SELECT json_build_object('invoices', json_build_object(
		'pageInfo', json_build_object('hasNextPage', (SELECT count(*) > 100 FROM page),
			'endCursor', (SELECT due_on || '|' || id FROM shown ORDER BY due_on DESC, id DESC LIMIT 1)),
		'nodes', coalesce(json_agg(json_build_object('id', i.id, 'number', i.number, 'status', i.status, 'total', i.total, 'dueOn', i.due_on,
			'student', CASE WHEN s.id IS NOT NULL THEN json_build_object('id', s.id, 'firstName', s.first_name, 'lastName', s.last_name) END,
			'lines', json_build_object('nodes', (
				SELECT coalesce(json_agg(json_build_object('id', l.id, 'description', l.description, 'amount', l.amount) ORDER BY l.id), '[]')
				FROM (SELECT * FROM invoice_lines WHERE tenant_id = $1 AND invoice_id = i.id ORDER BY id LIMIT 25) l))) ORDER BY i.due_on, i.id), '[]')))
	FROM shown i LEFT JOIN students s ON s.tenant_id = $1 AND s.id = i.student_id AND s.deleted_at IS NULL`

	limitPrefix = `SELECT json_build_object('students', json_build_object(
		'totalCount', (SELECT count(*) FROM students WHERE tenant_id = $1 AND deleted_at IS NULL AND last_name >= $2 AND last_name < $3),
		'nodes', (SELECT coalesce(json_agg(json_build_object('id', id, 'firstName', first_name, 'lastName', last_name, 'birthDate', birth_date)), '[]') FROM (
			SELECT * FROM students WHERE tenant_id = $1 AND deleted_at IS NULL AND last_name >= $2 AND last_name < $3 ORDER BY last_name, id LIMIT 20) s)))`

	limitUpdate = `WITH changed AS (
		UPDATE students SET medical_note = $3, version = version + 1, updated_at = now() WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL RETURNING *
	), ` + limitRecorded + `, event AS (
		SELECT 'Student' AS kind, 'student.updated' AS type, '["medicalNote"]'::jsonb AS changed, id, version,
			jsonb_build_object('id', id, 'createdAt', created_at, 'updatedAt', updated_at, 'version', version, 'householdId', household_id, 'firstName', first_name,
				'lastName', last_name, 'birthDate', birth_date, 'level', level, 'deletedAt', deleted_at) AS data,
			jsonb_build_object('medicalNote', medical_note) AS more FROM changed
	), ` + limitRecord + `
	SELECT json_build_object('updateStudent', json_build_object('student', json_build_object('id', id, 'firstName', first_name, 'medicalNote', medical_note),
		'userErrors', json_build_array())) FROM changed`

	limitEnroll = `WITH taken AS (
		UPDATE classes SET open_seats = open_seats - 1, version = version + 1, updated_at = now()
		WHERE tenant_id = $1 AND id = $3 AND deleted_at IS NULL AND status = 'OPEN' AND open_seats > 0 RETURNING *
	), seat AS (
		INSERT INTO enrollments (id, created_at, updated_at, tenant_id, enrolled_at, class_id, household_id, student_id)
		SELECT gen_random_uuid(), now(), now(), s.tenant_id, now(), taken.id, s.household_id, s.id
		FROM taken, students s WHERE s.tenant_id = $1 AND s.id = $2 AND s.deleted_at IS NULL RETURNING *
	), ` + limitRecorded + `, event AS (
		SELECT 'Class' AS kind, 'class.updated' AS type, '["openSeats"]'::jsonb AS changed, id, version,
			jsonb_build_object('id', id, 'createdAt', created_at, 'updatedAt', updated_at, 'version', version, 'deletedAt', deleted_at, 'programId', program_id,
				'seasonId', season_id, 'locationId', location_id, 'teacherId', teacher_id, 'tuitionPlanId', tuition_plan_id, 'name', name, 'status', status,
				'weekday', weekday, 'startsAt', starts_at, 'durationMinutes', duration_minutes, 'capacity', capacity, 'openSeats', open_seats) AS data,
			jsonb_build_object() AS more FROM taken
		UNION ALL
		SELECT 'Enrollment', 'enrollment.created', '[]', id, version,
			jsonb_build_object('id', id, 'createdAt', created_at, 'updatedAt', updated_at, 'version', version, 'classId', class_id, 'studentId', student_id,
				'householdId', household_id, 'status', status, 'enrolledAt', enrolled_at, 'droppedAt', dropped_at),
			jsonb_build_object() FROM seat
	), ` + limitRecord + `
	SELECT json_build_object('enrollStudent', json_build_object('enrollment', json_build_object('id', id, 'status', status), 'userErrors', json_build_array())) FROM seat`

	// limitRecorded and limitRecord write what Barre writes beside each change.
	limitRecorded = `request AS (SELECT $4::text AS id, 'key:019a0000-0e01-7000-8000-000000000001' AS actor)`
	limitRecord   = `events AS (
		INSERT INTO events (id, created_at, updated_at, tenant_id, type, entity_type, entity_id, entity_version, changed, actor, request_id, trace_parent, data, occurred_at)
		SELECT gen_random_uuid(), now(), now(), $1, type, kind, event.id, version, changed, actor, request.id, '', data, now() FROM event, request
	), versions AS (
		INSERT INTO entity_versions (id, created_at, updated_at, tenant_id, entity_type, entity_id, number, data, actor, occurred_at)
		SELECT gen_random_uuid(), now(), now(), $1, kind, event.id, version, data || more, actor, now() FROM event, request
	), audit AS (
		INSERT INTO audit_entries (id, created_at, updated_at, tenant_id, category, action, actor, entity_type, entity_id, changed, request_id, occurred_at)
		SELECT gen_random_uuid(), now(), now(), $1, 'CONTENT', type, actor, kind, event.id, changed, request.id, now() FROM event, request)`
)
