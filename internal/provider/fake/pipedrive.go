package fake

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// PipedriveConfig of a Pipedrive. The zero value accepts any token.
type PipedriveConfig struct {
	Token   string // empty means any that is not empty
	Company int64  // 0 means 4711
	// Stages are the pipeline's, in their order; their ids begin at 1.
	Stages []string
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Pipedrive behaves as Pipedrive's API does for organizations, persons, deals
// and leads: the second version for the first three, the first for leads, and
// custom fields whose names are hashes.
type Pipedrive struct {
	*desk
	config  PipedriveConfig
	mux     *http.ServeMux
	records map[string][]object // by the name in the path, as "persons"
	fields  map[string][]object // by the name in the path, as "personFields"
	serial  int
}

// NewPipedrive returns an empty fake.
func NewPipedrive(c PipedriveConfig) *Pipedrive {
	if c.Company == 0 {
		c.Company = 4711
	}
	if len(c.Stages) == 0 {
		c.Stages = []string{"Lead In", "Contact Made", "Trial Booked"}
	}
	f := &Pipedrive{desk: newDesk("Pipedrive", c.Now), config: c, mux: http.NewServeMux(), records: map[string][]object{}, fields: map[string][]object{}}
	f.offers, f.act, f.sign = f.acts, f.done, withPassword
	f.from = func(r *http.Request) string { return r.Header.Get("x-api-token") }
	for _, kind := range []string{"organization", "person", "deal"} {
		f.route("POST /api/v2/"+kind+"s", f.create(kind+"s"))
		f.route("GET /api/v2/"+kind+"s/search", f.search(kind+"s"))
		f.route("GET /api/v2/"+kind+"s/{id}", f.get(kind+"s"))
		f.route("PATCH /api/v2/"+kind+"s/{id}", f.update(kind+"s"))
		f.route("DELETE /api/v2/"+kind+"s/{id}", f.remove(kind+"s"))
		f.route("GET /api/v2/"+kind+"Fields", f.listFields(kind+"Fields"))
		f.route("POST /api/v2/"+kind+"Fields", f.createField(kind+"Fields"))
	}
	f.route("GET /api/v2/deals", f.listDeals)
	f.route("GET /api/v2/stages/{id}", f.stage)
	f.route("POST /v1/leads", f.createLead)
	f.route("GET /v1/leads", f.listLeads)
	f.route("PATCH /v1/leads/{id}", f.updateLead)
	f.route("DELETE /v1/leads/{id}", f.removeLead)
	f.route("GET /v1/users/me", f.me)
	return f
}

// Fail arranges a failure.
func (f *Pipedrive) Fail(failure Failure) { f.fail(failure) }

// Move changes fields of a deal as somebody does in Pipedrive's own pages.
func (f *Pipedrive) Move(id string, changes map[string]any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	deal := f.record("deals", id)
	for name, value := range changes {
		deal[name] = value
	}
	deal["update_time"] = f.stamp()
}

// ServeHTTP implements http.Handler.
func (f *Pipedrive) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !f.page(w, r, f.state) {
		f.mux.ServeHTTP(w, r)
	}
}

// pipedriveCall is one call with what was read of it.
type pipedriveCall struct {
	id    string
	query url.Values
	body  object
}

func (f *Pipedrive) route(pattern string, run func(pipedriveCall) answer) {
	f.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if !accepts(f.config.Token, r.Header.Get("x-api-token")) {
			write(w, answer{status: http.StatusUnauthorized, body: object{"success": false, "error": "unauthorized access", "errorCode": 401, "error_info": "Please check developers.pipedrive.com"}})
			return
		}
		text, ok := readBody(w, r)
		if !ok {
			return
		}
		body := object{}
		if len(text) > 0 && json.Unmarshal(text, &body) != nil {
			write(w, pipedriveError(http.StatusBadRequest))
			return
		}
		f.serve(w, r, Received{Method: r.Method, Path: r.URL.Path, Fields: r.URL.Query(), Body: text},
			func() answer { return run(pipedriveCall{r.PathValue("id"), r.URL.Query(), body}) }, pipedriveError)
	})
}

// pipedriveNames are what a record takes, and what it must have.
func pipedriveNames(kind string) (known []string, required string) {
	switch kind {
	case "persons":
		return []string{"name", "owner_id", "org_id", "emails", "phones", "custom_fields", "postal_address", "label_ids", "visible_to"}, "name"
	case "organizations":
		return []string{"name", "owner_id", "address", "custom_fields", "label_ids", "visible_to"}, "name"
	case "leads":
		return []string{"title", "person_id", "organization_id", "value", "origin_id", "owner_id", "expected_close_date"}, "title"
	}
	return []string{"title", "owner_id", "person_id", "org_id", "pipeline_id", "stage_id", "value", "currency", "status", "lost_reason",
		"expected_close_date", "custom_fields"}, "title"
}

// refuse says what is wrong with a body, or is nil.
func (f *Pipedrive) refuse(kind string, body object) *answer {
	known, _ := pipedriveNames(kind)
	for name, value := range body {
		wrong := !slices.Contains(known, name)
		switch name {
		case "emails", "phones":
			_, isList := value.([]any)
			wrong = wrong || !isList
		case "org_id", "person_id", "organization_id":
			of := map[string]string{"org_id": "organizations", "person_id": "persons", "organization_id": "organizations"}[name]
			number, isNumber := value.(float64)
			wrong = wrong || !isNumber || f.record(of, strconv.Itoa(int(number))) == nil
		case "status":
			wrong = wrong || !slices.Contains([]any{"open", "won", "lost"}, value)
		case "stage_id":
			number, isNumber := value.(float64)
			wrong = wrong || !isNumber || number < 1 || int(number) > len(f.config.Stages)
		case "custom_fields":
			fields, _ := value.(object)
			for code := range fields {
				wrong = wrong || !slices.ContainsFunc(f.fields[strings.TrimSuffix(kind, "s")+"Fields"], func(o object) bool { return o["field_code"] == code })
			}
		}
		if wrong {
			a := pipedriveError(http.StatusBadRequest)
			a.body.(object)["error"] = "Validation failed: " + name
			return &a
		}
	}
	return nil
}

func (f *Pipedrive) create(kind string) func(pipedriveCall) answer {
	return func(c pipedriveCall) answer {
		_, required := pipedriveNames(kind)
		if text, _ := c.body[required].(string); text == "" {
			return pipedriveError(http.StatusBadRequest)
		}
		if refused := f.refuse(kind, c.body); refused != nil {
			return *refused
		}
		made := clone(c.body)
		f.serial++
		made["id"], made["add_time"], made["update_time"], made["is_deleted"] = f.serial, f.stamp(), f.stamp(), false
		if kind == "deals" {
			for name, standard := range map[string]any{"status": "open", "stage_id": 1, "pipeline_id": 1, "value": 0, "currency": "USD"} {
				if made[name] == nil {
					made[name] = standard
				}
			}
		}
		f.records[kind] = append(f.records[kind], made)
		f.own(made["id"])
		return success(made)
	}
}

func (f *Pipedrive) record(kind, id string) object {
	for _, o := range f.records[kind] {
		if fmt.Sprint(o["id"]) == id && o["is_deleted"] != true {
			return o
		}
	}
	return nil
}

func (f *Pipedrive) get(kind string) func(pipedriveCall) answer {
	return func(c pipedriveCall) answer {
		if o := f.record(kind, c.id); o != nil {
			return success(o)
		}
		return pipedriveError(http.StatusNotFound)
	}
}

// listDeals answers one page; the cursor of the next one is a position.
func (f *Pipedrive) listDeals(c pipedriveCall) answer {
	limit, err := strconv.Atoi(c.query.Get("limit"))
	if err != nil || limit < 1 || limit > 500 {
		return pipedriveError(http.StatusBadRequest)
	}
	found := []any{}
	for _, o := range f.records["deals"] {
		if o["is_deleted"] != true && o["update_time"].(string) >= c.query.Get("updated_since") {
			found = append(found, clone(o))
		}
	}
	from, _ := strconv.Atoi(c.query.Get("cursor"))
	found = found[min(from, len(found)):]
	extra := object{}
	if len(found) > limit {
		found, extra["next_cursor"] = found[:limit], strconv.Itoa(from+limit)
	}
	return answer{status: http.StatusOK, body: object{"success": true, "data": found, "additional_data": extra}}
}

func (f *Pipedrive) update(kind string) func(pipedriveCall) answer {
	return func(c pipedriveCall) answer {
		o := f.record(kind, c.id)
		if o == nil {
			return pipedriveError(http.StatusNotFound)
		}
		if refused := f.refuse(kind, c.body); refused != nil {
			return *refused
		}
		for name, value := range c.body {
			o[name] = value
		}
		o["update_time"] = f.stamp()
		return success(o)
	}
}

func (f *Pipedrive) remove(kind string) func(pipedriveCall) answer {
	return func(c pipedriveCall) answer {
		o := f.record(kind, c.id)
		if o == nil {
			return pipedriveError(http.StatusNotFound)
		}
		o["is_deleted"] = true
		return success(object{"id": o["id"]})
	}
}

func (f *Pipedrive) search(kind string) func(pipedriveCall) answer {
	return func(c pipedriveCall) answer {
		if len(c.query.Get("term")) < 2 || c.query.Get("fields") != "custom_fields" || c.query.Get("exact_match") != "true" {
			return pipedriveError(http.StatusBadRequest)
		}
		items := []any{}
		for _, o := range f.records[kind] {
			fields, _ := o["custom_fields"].(object)
			for _, value := range fields {
				if value == c.query.Get("term") && o["is_deleted"] != true {
					items = append(items, object{"result_score": 1, "item": object{"id": o["id"], "type": strings.TrimSuffix(kind, "s")}})
				}
			}
		}
		return success(object{"items": items})
	}
}

func (f *Pipedrive) listFields(kind string) func(pipedriveCall) answer {
	return func(pipedriveCall) answer {
		return answer{status: http.StatusOK, body: object{"success": true, "data": appendAll([]any{}, f.fields[kind]), "additional_data": object{"next_cursor": nil}}}
	}
}

func (f *Pipedrive) createField(kind string) func(pipedriveCall) answer {
	return func(c pipedriveCall) answer {
		name, _ := c.body["field_name"].(string)
		if name == "" || c.body["field_type"] != "varchar" {
			return pipedriveError(http.StatusBadRequest)
		}
		sum := sha1.Sum([]byte(kind + name + strconv.Itoa(len(f.fields[kind]))))
		made := object{
			"field_name": name, "field_code": hex.EncodeToString(sum[:]), "field_type": "varchar", "options": nil, "subfields": nil,
			"is_custom_field": true, "is_optional_response_field": false,
		}
		f.fields[kind] = append(f.fields[kind], made)
		return success(made)
	}
}

func (f *Pipedrive) stage(c pipedriveCall) answer {
	id, err := strconv.Atoi(c.id)
	if err != nil || id < 1 || id > len(f.config.Stages) {
		return pipedriveError(http.StatusNotFound)
	}
	return success(object{"id": id, "order_nr": id, "name": f.config.Stages[id-1], "is_deleted": false, "pipeline_id": 1, "deal_probability": 100})
}

func (f *Pipedrive) me(pipedriveCall) answer {
	return success(object{"id": 1, "name": "Fake User", "email": "fake@example.com", "company_id": f.config.Company, "active_flag": true})
}

func (f *Pipedrive) createLead(c pipedriveCall) answer {
	if c.body["person_id"] == nil && c.body["organization_id"] == nil || c.body["title"] == nil {
		return pipedriveError(http.StatusBadRequest)
	}
	if refused := f.refuse("leads", c.body); refused != nil {
		return *refused
	}
	made := clone(c.body)
	made["id"], made["is_archived"], made["add_time"], made["update_time"] = uuid.NewString(), false, f.stamp(), f.stamp()
	f.records["leads"] = append(f.records["leads"], made)
	a := success(made)
	a.status = http.StatusCreated
	return a
}

func (f *Pipedrive) listLeads(c pipedriveCall) answer {
	start, _ := strconv.Atoi(c.query.Get("start"))
	limit, err := strconv.Atoi(c.query.Get("limit"))
	if err != nil {
		limit = 100
	}
	found := []any{}
	for _, o := range f.records["leads"] {
		if organization := c.query.Get("organization_id"); (organization == "" || fmt.Sprint(o["organization_id"]) == organization) && o["is_deleted"] != true {
			found = append(found, clone(o))
		}
	}
	found = found[min(start, len(found)):]
	more := len(found) > limit
	return answer{status: http.StatusOK, body: object{
		"success": true, "data": found[:min(limit, len(found))],
		"additional_data": object{"pagination": object{"start": start, "limit": limit, "more_items_in_collection": more}},
	}}
}

func (f *Pipedrive) updateLead(c pipedriveCall) answer {
	o := f.record("leads", c.id)
	if o == nil {
		return pipedriveError(http.StatusNotFound)
	}
	archived, given := c.body["is_archived"]
	delete(c.body, "is_archived")
	if refused := f.refuse("leads", c.body); refused != nil {
		return *refused
	}
	for name, value := range c.body {
		o[name] = value
	}
	if given {
		o["is_archived"] = archived
	}
	return success(o)
}

func (f *Pipedrive) removeLead(c pipedriveCall) answer { return f.remove("leads")(c) }

func (f *Pipedrive) stamp() string { return f.now().UTC().Format(time.RFC3339) }

func (f *Pipedrive) state() map[string]any {
	values := map[string]any{}
	for _, kind := range []string{"organizations", "persons", "deals", "leads"} {
		values[kind] = appendAll([]any{}, f.records[kind])
	}
	for kind, fields := range f.fields {
		values[kind] = appendAll([]any{}, fields)
	}
	return values
}

func success(data object) answer {
	return answer{status: http.StatusOK, body: object{"success": true, "data": clone(data)}, header: map[string]string{
		"x-ratelimit-limit": "100", "x-ratelimit-remaining": "99", "x-ratelimit-reset": "2",
	}}
}

func pipedriveError(status int) answer {
	codes := map[int]string{http.StatusBadRequest: "ERR_SCHEMA_VALIDATION_FAILED", http.StatusNotFound: "ERR_NOT_FOUND", http.StatusTooManyRequests: "ERR_RATE_LIMIT"}
	return answer{status: status, body: object{"success": false, "error": "This is refused.", "code": codes[status], "data": nil}, header: map[string]string{"x-ratelimit-reset": "2"}}
}
