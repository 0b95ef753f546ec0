package fake

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/barrehq/barre/internal/provider"
)

// RecurlyConfig of a Recurly. The zero value accepts any key.
type RecurlyConfig struct {
	Key string // the one private API key; empty means any that is not empty
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Recurly behaves as Recurly's API does for accounts, purchases that are paid
// by invoice, and what is paid on them. It knows natural keys, insists on a
// version, and keeps idempotency keys for an hour.
type Recurly struct {
	*desk
	key           string
	mux           *http.ServeMux
	accounts      []object
	invoices      []object
	subscriptions []object
	replies       map[string]reply
	serial        int
}

const (
	recurlyVersion = "application/vnd.recurly.v2021-02-25"
	recurlyWindow  = time.Hour
)

// visit is one call with its parsed body.
type visit struct {
	id    string
	query url.Values
	body  object
}

// NewRecurly returns an empty fake.
func NewRecurly(c RecurlyConfig) *Recurly {
	f := &Recurly{desk: newDesk("Recurly", c.Now), key: c.Key, mux: http.NewServeMux(), replies: map[string]reply{}}
	f.offers, f.act, f.sign = f.acts, f.done, f.signed
	f.from = func(r *http.Request) string { key, _, _ := r.BasicAuth(); return key }
	for pattern, run := range map[string]func(visit) answer{
		"POST /accounts":                   f.createAccount,
		"GET /accounts":                    func(v visit) answer { return f.list(v, "/accounts", f.accounts) },
		"GET /accounts/{id}":               func(v visit) answer { return found(f.account(v.id), "account") },
		"PUT /accounts/{id}":               f.updateAccount,
		"PUT /accounts/{id}/redact":        f.redact,
		"GET /accounts/{id}/invoices":      f.listOfAccount,
		"POST /purchases":                  f.purchase,
		"GET /invoices":                    func(v visit) answer { return f.list(v, "/invoices", f.invoices) },
		"GET /invoices/{id}":               func(v visit) answer { return found(f.invoice(v.id), "invoice") },
		"PUT /invoices/{id}/mark_failed":   f.markFailed,
		"POST /invoices/{id}/transactions": f.record,
		"POST /invoices/{id}/refund":       f.refund,
		"GET /transactions/{id}":           f.transaction,
		"GET /subscriptions":               func(v visit) answer { return f.list(v, "/subscriptions", f.subscriptions) },
		"GET /subscriptions/{id}":          func(v visit) answer { return found(named(f.subscriptions, v.id), "subscription") },
	} {
		f.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { f.handle(w, r, run) })
	}
	return f
}

// Fail arranges a failure.
func (f *Recurly) Fail(failure Failure) { f.fail(failure) }

// ServeHTTP implements http.Handler.
func (f *Recurly) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if f.page(w, r, f.state) {
		return
	}
	key, password, basic := r.BasicAuth()
	switch {
	case !basic || password != "" || !accepts(f.key, key):
		write(w, recurlyError(http.StatusUnauthorized, "unauthorized", ""))
	case r.Header.Get("Accept") != recurlyVersion:
		write(w, recurlyError(http.StatusNotAcceptable, "invalid_api_version", ""))
	default:
		f.mux.ServeHTTP(w, r)
	}
}

func (f *Recurly) handle(w http.ResponseWriter, r *http.Request, run func(visit) answer) {
	text, readable := readBody(w, r)
	if !readable {
		return
	}
	body := object{}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // amounts are exact
	if len(text) > 0 && decoder.Decode(&body) != nil {
		write(w, recurlyError(http.StatusBadRequest, "bad_request", ""))
		return
	}
	record := Received{Method: r.Method, Path: r.URL.Path, Key: r.Header.Get("Idempotency-Key"), Fields: r.URL.Query()}
	if len(text) > 0 {
		record.Body = text
	}
	f.serve(w, r, record, func() answer {
		return f.once(r, text, func() answer { return run(visit{r.PathValue("id"), r.URL.Query(), body}) })
	}, func(status int) answer { return recurlyError(status, "internal_server_error", "") })
}

// once replays the answer to an idempotency key for an hour.
func (f *Recurly) once(r *http.Request, text []byte, run func() answer) answer {
	name := r.Header.Get("Idempotency-Key")
	if name == "" || r.Method == http.MethodGet {
		return run()
	}
	sum := sha256.Sum256(append([]byte(r.Method+" "+r.URL.Path+"\n"), text...))
	print := hex.EncodeToString(sum[:])
	if kept, known := f.replies[name]; known && f.now().Sub(kept.at) < recurlyWindow {
		if kept.print != print {
			return recurlyError(http.StatusUnprocessableEntity, "validation", "idempotency_key")
		}
		replayed := kept.answer
		replayed.header = map[string]string{"Idempotency-Prior": "true"}
		return replayed
	}
	a := run()
	f.replies[name] = reply{print: print, answer: a, at: f.now()}
	return a
}

func (f *Recurly) account(name string) object {
	if code, natural := strings.CutPrefix(name, "code-"); natural {
		return first(f.accounts, "code", code)
	}
	return find(f.accounts, name)
}

func (f *Recurly) invoice(name string) object { return named(f.invoices, name) }

// named finds an object by its id, number or uuid.
func named(list []object, name string) object {
	for _, natural := range []string{"number", "uuid"} {
		if value, is := strings.CutPrefix(name, natural+"-"); is {
			return first(list, natural, value)
		}
	}
	return find(list, name)
}

func first(list []object, name, value string) object {
	for _, o := range list {
		if o[name] == value {
			return o
		}
	}
	return nil
}

func found(o object, kind string) answer {
	if o == nil {
		return recurlyError(http.StatusNotFound, "not_found", kind)
	}
	return ok(o)
}

func (f *Recurly) createAccount(v visit) answer {
	code, _ := v.body["code"].(string)
	if code == "" || len(code) > 50 || first(f.accounts, "code", code) != nil {
		return recurlyError(http.StatusUnprocessableEntity, "validation", "code")
	}
	account := object{"id": f.newID("acc"), "object": "account", "code": code, "state": "active", "created_at": f.stamp()}
	f.accounts = append(f.accounts, account)
	a := f.write(account, v.body)
	a.status = http.StatusCreated
	return a
}

func (f *Recurly) updateAccount(v visit) answer {
	account := f.account(v.id)
	if account == nil {
		return recurlyError(http.StatusNotFound, "not_found", "account")
	}
	return f.write(account, v.body)
}

func (f *Recurly) write(account, body object) answer {
	if email, given := body["email"].(string); given && !strings.Contains(email, "@") {
		return recurlyError(http.StatusUnprocessableEntity, "validation", "email")
	}
	for name, value := range body {
		if name != "code" {
			account[name] = value
		}
	}
	account["updated_at"] = f.stamp()
	return ok(account)
}

// redact refuses an account that still owes part of an invoice.
func (f *Recurly) redact(v visit) answer {
	account := f.account(v.id)
	if account == nil {
		return recurlyError(http.StatusNotFound, "not_found", "account")
	}
	for _, invoice := range f.invoices {
		part := invoice["state"] != "paid" && len(invoice["transactions"].([]any)) > 0 && invoice["paid"] != provider.Decimal(invoice["currency"].(string), 0)
		if part && invoice["account"].(object)["code"] == account["code"] {
			return recurlyError(http.StatusUnprocessableEntity, "validation", "account")
		}
	}
	for _, name := range []string{"company", "email", "address"} {
		delete(account, name)
	}
	account["updated_at"] = f.stamp()
	return ok(account)
}

func (f *Recurly) purchase(v visit) answer {
	given, _ := v.body["account"].(object)
	currency, _ := v.body["currency"].(string)
	code, _ := given["code"].(string)
	items, _ := v.body["line_items"].([]any)
	if code == "" || len(currency) != 3 || len(items) == 0 || v.body["collection_method"] != "manual" {
		return recurlyError(http.StatusUnprocessableEntity, "validation", "account")
	}
	var total int64
	for _, item := range items {
		line, _ := item.(object)
		amount, err := provider.ParseDecimal(currency, json.Number(fmt.Sprint(line["unit_amount"])))
		if err != nil || line["type"] != "charge" || line["currency"] != currency {
			return recurlyError(http.StatusUnprocessableEntity, "validation", "line_items")
		}
		total += amount
	}
	account := first(f.accounts, "code", code)
	if account == nil {
		account = object{"id": f.newID("acc"), "object": "account", "code": code, "state": "active", "created_at": f.stamp()}
		f.accounts = append(f.accounts, account)
	}
	if a := f.write(account, given); a.status != http.StatusOK {
		return a
	}
	invoice := f.newInvoice("charge", account, currency, total)
	invoice["po_number"], invoice["line_items"] = v.body["po_number"], items
	f.own(v.body["po_number"])
	return answer{status: http.StatusCreated, body: object{"object": "invoice_collection", "charge_invoice": clone(invoice)}}
}

func (f *Recurly) newInvoice(kind string, account object, currency string, total int64) object {
	f.serial++
	invoice := object{
		"id": f.newID("inv"), "object": "invoice", "type": kind, "state": "pending", "number": strconv.Itoa(1000 + f.serial), "currency": currency,
		"account":           object{"id": account["id"], "object": "account", "code": account["code"]},
		"collection_method": "manual", "total": provider.Decimal(currency, total), "paid": provider.Decimal(currency, 0),
		"balance": provider.Decimal(currency, total), "transactions": []any{}, "created_at": f.stamp(), "updated_at": f.stamp(),
	}
	f.invoices = append(f.invoices, invoice)
	return invoice
}

func (f *Recurly) markFailed(v visit) answer {
	invoice := f.invoice(v.id)
	if invoice == nil {
		return recurlyError(http.StatusNotFound, "not_found", "invoice")
	}
	if !slices.Contains([]any{"pending", "processing", "past_due"}, invoice["state"]) {
		return recurlyError(http.StatusUnprocessableEntity, "validation", "state")
	}
	invoice["state"], invoice["updated_at"] = "failed", f.stamp()
	return ok(invoice)
}

// record is what a merchant reports of money that did not go through Recurly.
func (f *Recurly) record(v visit) answer {
	invoice := f.invoice(v.id)
	if invoice == nil {
		return recurlyError(http.StatusNotFound, "not_found", "invoice")
	}
	amount, err := provider.ParseDecimal(invoice["currency"].(string), json.Number(fmt.Sprint(v.body["amount"])))
	if err != nil || amount <= 0 || !f.pay(invoice, amount) {
		return recurlyError(http.StatusUnprocessableEntity, "validation", "amount")
	}
	transaction := f.move(invoice, "purchase", "success", amount, fmt.Sprint(v.body["payment_method"]))
	transaction["description"], transaction["collection_method"] = v.body["description"], "manual"
	return ok(transaction)
}

func (f *Recurly) pay(invoice object, amount int64) bool {
	currency := invoice["currency"].(string)
	balance, _ := provider.ParseDecimal(currency, invoice["balance"].(json.Number))
	paid, _ := provider.ParseDecimal(currency, invoice["paid"].(json.Number))
	if amount > balance || invoice["state"] == "failed" {
		return false
	}
	invoice["balance"], invoice["paid"] = provider.Decimal(currency, balance-amount), provider.Decimal(currency, paid+amount)
	if amount == balance {
		invoice["state"] = "paid"
	}
	return true
}

func (f *Recurly) move(invoice object, kind, status string, amount int64, method string) object {
	transaction := object{
		"id": f.newID("trx"), "uuid": f.newID("uuid"), "object": "transaction", "type": kind, "status": status, "success": status == "success",
		"amount": provider.Decimal(invoice["currency"].(string), amount), "currency": invoice["currency"], "created_at": f.stamp(), "collected_at": f.stamp(),
		"invoice":        object{"id": invoice["id"], "object": "invoice", "number": invoice["number"]},
		"payment_method": object{"object": method}, "collection_method": "automatic",
	}
	invoice["transactions"] = append(invoice["transactions"].([]any), transaction)
	invoice["updated_at"] = f.stamp()
	return transaction
}

func (f *Recurly) transaction(v visit) answer {
	for _, invoice := range f.invoices {
		for _, t := range invoice["transactions"].([]any) {
			if o := named([]object{t.(object)}, v.id); o != nil {
				return ok(o)
			}
		}
	}
	return recurlyError(http.StatusNotFound, "not_found", "transaction")
}

func (f *Recurly) listOfAccount(v visit) answer {
	account := f.account(v.id)
	if account == nil {
		return recurlyError(http.StatusNotFound, "not_found", "account")
	}
	return f.list(v, "/accounts/"+v.id+"/invoices", slices.DeleteFunc(slices.Clone(f.invoices), func(o object) bool {
		return o["account"].(object)["code"] != account["code"]
	}))
}

// list answers one page in order of creation or change; the cursor of the next
// one is a position.
func (f *Recurly) list(v visit, path string, objects []object) answer {
	limit, err := strconv.Atoi(v.query.Get("limit"))
	if v.query.Get("limit") == "" {
		limit, err = 20, nil
	}
	if err != nil || limit < 1 || limit > 200 {
		return recurlyError(http.StatusBadRequest, "bad_request", "limit")
	}
	by := v.query.Get("sort")
	if by == "" {
		by = "created_at"
	}
	begin, _ := time.Parse(time.RFC3339, v.query.Get("begin_time"))
	objects = slices.DeleteFunc(slices.Clone(objects), func(o object) bool {
		at, _ := time.Parse(time.RFC3339Nano, fmt.Sprint(o[by]))
		return at.Before(begin)
	})
	slices.SortStableFunc(objects, func(a, b object) int { return strings.Compare(fmt.Sprint(a[by]), fmt.Sprint(b[by])) })
	if v.query.Get("order") != "asc" {
		slices.Reverse(objects)
	}
	from, _ := strconv.Atoi(v.query.Get("cursor"))
	objects = objects[min(from, len(objects)):]
	page := object{"object": "list", "has_more": len(objects) > limit}
	if len(objects) > limit {
		next := v.query
		next.Set("cursor", strconv.Itoa(from+limit))
		page["next"], objects = path+"?"+next.Encode(), objects[:limit]
	}
	data := []any{}
	for _, o := range objects {
		data = append(data, clone(o))
	}
	page["data"] = data
	return answer{status: http.StatusOK, body: page}
}

// refund gives back what a family paid through Recurly.
func (f *Recurly) refund(v visit) answer {
	invoice := f.invoice(v.id)
	if invoice == nil {
		return recurlyError(http.StatusNotFound, "not_found", "invoice")
	}
	currency := invoice["currency"].(string)
	amount, err := provider.ParseDecimal(currency, json.Number(fmt.Sprint(v.body["amount"])))
	var paid object
	for _, t := range transactionsOf(invoice) {
		if t["status"] == "success" && t["collection_method"] == "automatic" {
			paid = t
		}
	}
	if err != nil || amount <= 0 || v.body["type"] != "amount" || paid == nil || amount > f.refundable(invoice) {
		return recurlyError(http.StatusUnprocessableEntity, "validation", "amount")
	}
	credit := f.credit(invoice, paid, amount)
	credit["customer_notes"] = v.body["credit_customer_notes"]
	a := ok(credit)
	a.status = http.StatusCreated
	return a
}

func transactionsOf(invoice object) []object {
	var list []object
	for _, t := range invoice["transactions"].([]any) {
		list = append(list, t.(object))
	}
	return list
}

// refundable is what was paid and has not gone back.
func (f *Recurly) refundable(invoice object) int64 {
	currency := invoice["currency"].(string)
	left, _ := provider.ParseDecimal(currency, invoice["paid"].(json.Number))
	for _, credit := range f.invoices {
		if credit["previous_invoice_id"] == invoice["id"] {
			amount, _ := provider.ParseDecimal(currency, credit["total"].(json.Number))
			left += amount
		}
	}
	return left
}

// credit makes the credit invoice of a refund.
func (f *Recurly) credit(invoice, paid object, amount int64) object {
	credit := f.newInvoice("credit", invoice["account"].(object), invoice["currency"].(string), -amount)
	credit["previous_invoice_id"], credit["state"] = invoice["id"], "closed"
	f.move(credit, "refund", "success", amount, "credit_card")["original_transaction_id"] = paid["id"]
	return credit
}

// Pay lets a family pay the invoice with our reference by card, in whole or in
// part, and returns the number of the invoice, as a webhook has it.
func (f *Recurly) Pay(po string, amount int64) (number string) {
	return f.customer(po, func(invoice object) {
		if f.pay(invoice, amount) {
			f.move(invoice, "purchase", "success", amount, "credit_card")
		}
	})
}

// Decline lets a family's attempt to pay fail.
func (f *Recurly) Decline(po string, amount int64) (number string) {
	return f.customer(po, func(invoice object) {
		f.move(invoice, "purchase", "declined", amount, "credit_card")["status_code"] = "insufficient_funds"
	})
}

// Refund gives money of the invoice's first payment back, and returns the
// number of the credit invoice.
func (f *Recurly) Refund(po string, amount int64) (number string) {
	f.customer(po, func(invoice object) {
		number = f.credit(invoice, first(transactionsOf(invoice), "status", "success"), amount)["number"].(string)
	})
	return number
}

// Subscribe adds a subscription, or changes the one that an account has.
func (f *Recurly) Subscribe(code, state string) (uuid string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.subscriptions {
		if s["account"].(object)["code"] == code {
			s["state"], s["canceled_at"], s["updated_at"] = state, f.stamp(), f.stamp()
			return s["uuid"].(string)
		}
	}
	s := object{
		"id": f.newID("sub"), "uuid": f.newID("uuid"), "object": "subscription", "state": state, "activated_at": f.stamp(),
		"created_at": f.stamp(), "updated_at": f.stamp(), "account": object{"object": "account", "code": code},
	}
	f.subscriptions = append(f.subscriptions, s)
	return s["uuid"].(string)
}

func (f *Recurly) customer(po string, act func(invoice object)) (number string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	invoice := first(f.invoices, "po_number", po)
	if invoice == nil {
		return ""
	}
	act(invoice)
	return invoice["number"].(string)
}

func (f *Recurly) newID(prefix string) string {
	f.serial++
	return fmt.Sprintf("%sfake%05d", prefix, f.serial)
}

func (f *Recurly) stamp() string { return f.now().UTC().Format("2006-01-02T15:04:05.000000Z") }

func (f *Recurly) state() map[string]any {
	return map[string]any{
		"accounts": appendAll([]any{}, f.accounts), "invoices": appendAll([]any{}, f.invoices), "subscriptions": appendAll([]any{}, f.subscriptions),
	}
}

func recurlyError(status int, kind, param string) answer {
	params := []any{}
	if param != "" {
		params = append(params, object{"param": param})
	}
	return answer{status: status, body: object{"error": object{"type": kind, "message": "The fake says no.", "params": params}}}
}
