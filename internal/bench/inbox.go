package bench

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"time"
)

// inbox receives webhooks, each endpoint's under a path of its own.
type inbox struct {
	*httptest.Server
	arrived chan struct{} // signaled after each

	mu      sync.Mutex
	first   map[string]time.Time // when a record's first message came
	ids     map[string]int       // how often each webhook-id came
	again   int                  // how many of them came more than once
	times   []time.Time          // of all
	pause   time.Duration        // before each answer
	hanging string               // path whose requests are not answered
}

func newInbox() *inbox {
	i := &inbox{arrived: make(chan struct{}, 1)}
	i.forget()
	i.Server = httptest.NewServer(i)
	return i
}

func (i *inbox) forget() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.first, i.ids, i.again, i.times, i.pause, i.hanging = map[string]time.Time{}, map[string]int{}, 0, nil, 0, ""
}

// address is that of an endpoint.
func (i *inbox) address(n int) string { return i.URL + path(n) }

func path(n int) string { return "/" + strconv.Itoa(n) }

func (i *inbox) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	at := time.Now()
	var body struct{ Data struct{ EntityID string } }
	_ = json.NewDecoder(r.Body).Decode(&body) // what breaks off comes again
	i.mu.Lock()
	hangs, pause := r.URL.Path == i.hanging, i.pause
	if !hangs {
		i.times = append(i.times, at)
		id := r.Header.Get("webhook-id")
		if i.ids[id]++; i.ids[id] == 2 {
			i.again++
		}
		if _, again := i.first[body.Data.EntityID]; !again {
			i.first[body.Data.EntityID] = at
		}
	}
	i.mu.Unlock()
	if hangs {
		<-r.Context().Done()
		return
	}
	if pause > 0 {
		<-time.After(pause)
	}
	select {
	case i.arrived <- struct{}{}:
	default:
	}
}

// received is how many ids came, and how many of them again.
func (i *inbox) received() (ids, again int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return len(i.ids), i.again
}

// at returns when a record's first message came; false where it did not yet.
func (i *inbox) at(entity string) (time.Time, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	at, ok := i.first[entity]
	return at, ok
}
