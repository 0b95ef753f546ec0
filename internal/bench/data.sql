-- The studios that are measured. Run by a superuser with $TENANTS, $STUDENTS
-- and $CLASSES filled in; the first tenant has ten times the students.
-- Ids follow from kind, tenant and number, so that a load generator knows them.
SET session_replication_role = replica; -- the rows below fit together by construction
SET synchronous_commit = off;
SET work_mem = '256MB';

CREATE FUNCTION pg_temp.made(kind int, tenant int, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
	SELECT ('019a0000-' || lpad(to_hex(kind), 2, '0') || lpad(to_hex(tenant), 2, '0') || '-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$;

CREATE TEMP TABLE studio AS
	SELECT t, pg_temp.made(1, t, 1) AS id, CASE t WHEN 1 THEN 10 * $STUDENTS ELSE $STUDENTS END AS students, timestamptz '2026-09-01 08:00:00Z' AS at
	FROM generate_series(1, $TENANTS) t;
CREATE TEMP TABLE person AS
	SELECT t, id AS tenant, students, at, n,
		(ARRAY['Ander','Bergs','Carva','Dela','Elli','Fern','Garci','Hanse','Ibra','Johan','Kowal','Linde','Marti','Nguy','Okafo','Peter','Quinn','Rivera','Sando','Torre','Ulric','Varga','Wagne','Yama','Zimme'])[1 + (n * 7 + t) % 25]
		|| (ARRAY['berg','dal','era','fort','gren','holm','ik','jac','ko','lund','man','nova','os','per','rud','sen','stad','ton','ur','vik','well','xon','yan','zio'])[1 + (n / 25 * 5 + n) % 24] AS name
	FROM studio, LATERAL generate_series(1, students) n;

INSERT INTO tenants (id, created_at, updated_at, name, slug, custom_domains)
	SELECT id, at, at, 'Studio ' || t, 'studio-' || t, '[]' FROM studio;
INSERT INTO programs (id, created_at, updated_at, tenant_id, name) SELECT pg_temp.made(9, t, 1), at, at, id, 'Ballet' FROM studio;
INSERT INTO seasons (id, created_at, updated_at, tenant_id, name, starts_on, ends_on)
	SELECT pg_temp.made(10, t, 1), at, at, id, 'Year', '2026-09-01', '2099-06-30' FROM studio;
INSERT INTO locations (id, created_at, updated_at, tenant_id, name) SELECT pg_temp.made(11, t, 1), at, at, id, 'Main Street' FROM studio;
INSERT INTO tuition_plans (id, created_at, updated_at, tenant_id, name, amount) SELECT pg_temp.made(12, t, 1), at, at, id, 'Once a week', 9500 FROM studio;
INSERT INTO staff (id, created_at, updated_at, tenant_id, display_name) SELECT pg_temp.made(13, t, 1), at, at, id, 'Ms. Rivera' FROM studio;
INSERT INTO classes (id, created_at, updated_at, tenant_id, name, weekday, starts_at, duration_minutes, capacity, open_seats, location_id, program_id, season_id, teacher_id, tuition_plan_id)
	SELECT pg_temp.made(5, t, c), at, at, id, 'Ballet ' || c || ' – Tuesday', 'TUESDAY', '16:00', 60, 10000, 10000,
		pg_temp.made(11, t, 1), pg_temp.made(9, t, 1), pg_temp.made(10, t, 1), pg_temp.made(13, t, 1), pg_temp.made(12, t, 1)
	FROM studio, generate_series(1, $CLASSES) c;

-- Two students and two guardians to a household.
INSERT INTO households (id, created_at, updated_at, tenant_id, name, email)
	SELECT pg_temp.made(2, t, n / 2), at, at, tenant, 'The ' || name || ' family', 'family' || n || '@example.com' FROM person WHERE n % 2 = 0 ORDER BY t, n;
INSERT INTO guardians (id, created_at, updated_at, tenant_id, first_name, last_name, email, phone, household_id)
	SELECT pg_temp.made(3, t, n), at, at, tenant, 'Ada', name, 'ada' || n || '@example.com', '+12125550142', pg_temp.made(2, t, (n + 1) / 2) FROM person ORDER BY t, n;
INSERT INTO students (id, created_at, updated_at, tenant_id, first_name, last_name, birth_date, level, household_id)
	SELECT pg_temp.made(4, t, n), at, at, tenant, 'Emma "' || n || '"', name, date '2012-01-01' + (n * 37 % 2500)::int, 1 + n % 12, pg_temp.made(2, t, (n + 1) / 2)
	FROM person ORDER BY t, n;

-- Four to six classes each; those of one student lie apart, as over years.
INSERT INTO enrollments (id, created_at, updated_at, tenant_id, enrolled_at, class_id, household_id, student_id)
	SELECT pg_temp.made(6, t, k * students + n), at, at, tenant, at + n * interval '1 minute', pg_temp.made(5, t, 1 + (n * 31 + k * 17) % $CLASSES),
		pg_temp.made(2, t, (n + 1) / 2), pg_temp.made(4, t, n)
	FROM generate_series(0, 5) k, person WHERE k < 4 + n % 3 ORDER BY t, k, n;
UPDATE classes SET open_seats = capacity - taken FROM (SELECT class_id, count(*) AS taken FROM enrollments GROUP BY 1) e WHERE classes.id = class_id;

-- Four invoices each, two or three lines to an invoice; seven in ten are open.
CREATE TEMP TABLE bill AS
	SELECT t, tenant, at, n, k * students + n AS number, hashint8(k * students + n) & 2147483647 AS chance
	FROM generate_series(0, 3) k, person ORDER BY t, k, n;
INSERT INTO invoices (id, created_at, updated_at, tenant_id, number, status, currency, total, amount_paid, issued_at, due_on, household_id, student_id)
	SELECT pg_temp.made(7, t, number), at, at, tenant, number, CASE WHEN chance % 20 < 14 THEN 'OPEN' WHEN chance % 20 < 19 THEN 'PAID' ELSE 'VOID' END,
		'USD', 11000 + number % 2 * 2000, CASE WHEN chance % 20 BETWEEN 14 AND 18 THEN 11000 + number % 2 * 2000 ELSE 0 END,
		at, date '2026-09-01' + (chance / 20 % 700)::int, pg_temp.made(2, t, (n + 1) / 2), pg_temp.made(4, t, n)
	FROM bill;
INSERT INTO invoice_lines (id, created_at, updated_at, tenant_id, description, quantity, unit_amount, amount, household_id, invoice_id)
	SELECT pg_temp.made(8, t, number * 3 + l), at, at, tenant, (ARRAY['Tuition', 'Costume', 'Recital'])[l + 1], 1,
		(ARRAY[9500, 1500, 2000])[l + 1], (ARRAY[9500, 1500, 2000])[l + 1], pg_temp.made(2, t, (n + 1) / 2), pg_temp.made(7, t, number)
	FROM bill, generate_series(0, 2) l WHERE l < 2 + number % 2 ORDER BY t, number, l;
