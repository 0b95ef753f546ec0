package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/barrehq/barre/ent/announcement"
	"github.com/barrehq/barre/graph"
	"github.com/barrehq/barre/internal/alert"
	news "github.com/barrehq/barre/internal/announcement"
	"github.com/barrehq/barre/internal/anomaly"
	"github.com/barrehq/barre/internal/feature"
	"github.com/barrehq/barre/internal/viewer"
)

func (a *App) openWatch(context.Context) error {
	a.alerts = alert.New(a.Store, alert.Config{Suspend: a.Identity.Suspend, Observe: a.watch.alerted, Logger: a.Log})
	factor := a.Config.AnomalyFactor * max(1, a.Config.LimitFactor)
	if factor == 0 {
		factor = -1 // nothing is watched
	}
	watch := anomaly.Config{Factor: factor, Tell: a.alerts.Tell, Logger: a.Log}
	if a.redis != nil {
		watch.Shared = anomaly.OnRedis(a.redis)
	}
	a.detector = anomaly.New(watch)
	a.features = feature.New(a.Store, feature.Config{})
	a.news = news.New(a.Store, a.Log)
	return nil
}

// heldBack lets those who behave unusually wait, or refuses them. What lasts is
// held back operation by operation.
func (a *App) heldBack(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := viewer.From(r.Context())
		if v == nil || isStream(r) {
			next.ServeHTTP(w, r)
			return
		}
		ctx, wait, leave, err := a.detector.Enter(r.Context(), v, a.address(r))
		if err != nil {
			refuse(w, err)
			return
		}
		defer leave()
		if wait > 0 {
			timer := time.NewTimer(wait)
			defer timer.Stop()
			select {
			case <-timer.C:
			case <-ctx.Done():
			}
		}
		next.ServeHTTP(w, r.WithContext(graph.Entered(ctx)))
	})
}

// notices are what every studio must be told: of sub-processors that are to
// come, while it can object.
func (a *App) notices() (list []news.News) {
	for _, row := range a.listed {
		if row.ActiveFrom == nil || !time.Now().Before(*row.ActiveFrom) {
			continue
		}
		day := row.ActiveFrom.UTC().Format(time.DateOnly)
		list = append(list, news.News{
			Slug: fmt.Sprintf("subprocessor-%s-%s", strings.ToLower(*row.Provider), day), Kind: announcement.KindSUBPROCESSOR,
			Title: "A new sub-processor: " + row.Name,
			Body: fmt.Sprintf("From %s on, studios may connect to %s (%s). It would receive: %s. It processes them in: %s. Contact: %s. "+
				"Until then nothing is sent to it. objectToSubprocessor keeps it from your studio's data, now or later.",
				day, row.Name, row.Nature, row.DataShared, row.Location, row.Contact),
		})
	}
	return list
}
