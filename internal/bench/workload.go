package bench

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/typeid"
)

// workload is one operation, as Barre and the limit are asked for it.
type workload struct {
	name     string
	document string
	// ask returns the variables of request n for Barre and for the limit. The
	// two write different rows, but alike.
	ask func(n int) question
}

type question struct {
	tenant int
	barre  map[string]any
	limit  map[string]string
}

const (
	oneDocument = `query Q1($id: ID!) { student(id: $id) { id firstName lastName birthDate
	household { id name guardians(first: 1) { nodes { id firstName lastName email } } }
	enrollments(first: 5) { nodes { id status enrolledAt class { id name weekday } } } } }`
	studentsDocument = `query Q2($from: String!) { students(first: 50, where: {lastName: {gte: $from}}, orderBy: {field: LAST_NAME}) {
	nodes { id firstName lastName enrollments(first: 25) { nodes { id status enrolledAt class { id name weekday } } } } } }`
	invoicesDocument = `query Q3($status: InvoiceStatus!, $after: String) { invoices(first: 100, after: $after, where: {status: {eq: $status}}, orderBy: {field: DUE_ON}) {
	pageInfo { hasNextPage endCursor }
	nodes { id number status total dueOn student { id firstName lastName } lines(first: 25) { nodes { id description amount } } } } }`
	prefixDocument = `query Q4($prefix: String!) { students(first: 20, where: {lastName: {startsWith: $prefix}}, orderBy: {field: LAST_NAME}) {
	totalCount nodes { id firstName lastName birthDate } } }`
	enrollDocument = `mutation Q5($input: EnrollStudentInput!) { enrollStudent(input: $input) { enrollment { id status } userErrors { code message } } }`
	updateDocument = `mutation Q6($input: UpdateStudentInput!) { updateStudent(input: $input) { student { id firstName medicalNote } userErrors { code message } } }`
)

// starts are the beginnings of last names in data.sql.
func starts() []string {
	return strings.Fields("An Be Ca De El Fe Ga Ha Ib Jo Ko Li Ma Ng Ok Pe Qu Ri Sa To Ul Va Wa Ya")
}

// workloads of all tenants but the large first one. pages are known places in
// the lists of invoices.
func (d *data) workloads(pages []place) []workload {
	tenant := func(n int) int { return 2 + n%(d.Tenants-1) }
	student := func(n int) int { return 1 + n/(d.Tenants-1)*7919%d.Students }
	names := starts()
	return []workload{
		{"Q1", oneDocument, func(n int) question { return one(tenant(n), student(n)) }},
		{"Q2", studentsDocument, func(n int) question { return list(tenant(n), names[n/7%20]) }},
		{"Q3", invoicesDocument, func(n int) question { return pages[n%len(pages)].ask() }},
		{"Q4", prefixDocument, func(n int) question { return prefix(tenant(n), names[n/7%len(names)]) }},
		{"Q5", enrollDocument, func(n int) question { return d.enroll(tenant(n), n/(d.Tenants-1)) }},
		{"Q6", updateDocument, func(n int) question { return update(tenant(n), student(n), n) }},
	}
}

func id(kind, tenant, n int) string { return made(kind, tenant, n).String() }

func typed(prefix string, kind, tenant, n int) string {
	return typeid.Format(prefix, made(kind, tenant, n))
}

func one(tenant, student int) question {
	return question{tenant, map[string]any{"id": typed("student", studentKind, tenant, student)},
		map[string]string{"id": id(studentKind, tenant, student)}}
}

func list(tenant int, from string) question {
	return question{tenant, map[string]any{"from": from}, map[string]string{"from": from}}
}

func prefix(tenant int, start string) question {
	till := start[:1] + string(rune(start[1]+1))
	return question{tenant, map[string]any{"prefix": start}, map[string]string{"from": start, "till": till}}
}

// enroll never asks for the same seat twice: odd distances from the classes
// that data.sql gave a student are Barre's, even ones the limit's.
func (d *data) enroll(tenant, n int) question {
	free := func(parity int) int {
		var list []int
		for j := range d.Classes {
			if j%2 == parity && !d.taken(j) {
				list = append(list, j)
			}
		}
		return list[n/d.Students%len(list)]
	}
	student := 1 + n%d.Students
	class := func(distance int) int { return 1 + (student*31+distance)%d.Classes }
	return question{tenant, map[string]any{"input": map[string]any{
		"studentId": typed("student", studentKind, tenant, student), "classId": typed("class", classKind, tenant, class(free(1))),
	}}, map[string]string{
		"student": id(studentKind, tenant, student), "class": id(classKind, tenant, class(free(0))), "request": request(),
	}}
}

func (d *data) taken(distance int) bool {
	for k := range 6 {
		if k*17%d.Classes == distance {
			return true
		}
	}
	return false
}

func update(tenant, student, n int) question {
	note := fmt.Sprintf("Asthma, inhaler in the bag (%d).", n)
	return question{tenant, map[string]any{"input": map[string]any{"id": typed("student", studentKind, tenant, student), "medicalNote": note}},
		map[string]string{"id": id(studentKind, tenant, student), "note": note, "request": request()}}
}

// request is an id as long as Barre's.
func request() string { return "req_" + strings.ReplaceAll(uuid.NewString(), "-", "")[:26] }

// body is what Barre is sent.
func (w workload) body(q question) []byte {
	text, _ := json.Marshal(map[string]any{"query": w.document, "variables": q.barre}) // plain texts
	return text
}

// handwritten is what the limit is sent.
func (q question) handwritten() []byte {
	text, _ := json.Marshal(q.limit) // plain texts
	return text
}
