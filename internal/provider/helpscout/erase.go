package helpscout

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/barrehq/barre/internal/provider"
)

// Erase implements provider.Provider. The conversations of tickets are deleted
// as they are; whatever else Help Scout has of a customer goes with the
// customer, who is known there by an address alone.
func (h *HelpScout) Erase(ctx context.Context, connection provider.Connection, e provider.Erasure, links provider.Links) ([]provider.Confirmation, error) {
	erased := provider.Confirmation{State: provider.Erased}
	all, err := e.Linked(ctx, links, erased, "ticket", func(ctx context.Context, remote string) error {
		_, err := h.call(ctx, connection, provider.Request{Method: http.MethodDelete, URL: "/v2/conversations/" + url.PathEscape(remote)})
		return err
	})
	if err != nil {
		return all, err
	}
	for _, address := range e.Emails {
		found, err := h.customers(ctx, connection, address)
		if err != nil {
			return all, err
		}
		for _, id := range found {
			one := provider.Confirmation{RemoteID: strconv.FormatInt(id, 10), State: provider.Erased}
			_, err := h.call(ctx, connection, provider.Request{Method: http.MethodDelete, URL: "/v2/customers/" + one.RemoteID})
			if provider.Gone(err) {
				one.State = provider.Absent
			} else if err != nil {
				return all, err
			}
			all = append(all, one)
		}
	}
	return all, nil
}

// customers returns the ids of those who have the address.
func (h *HelpScout) customers(ctx context.Context, c provider.Connection, address string) ([]int64, error) {
	if strings.ContainsAny(address, "\"\\") {
		return nil, permanent("an address that cannot be searched for")
	}
	var ids []int64
	for number := 1; ; number++ {
		var list struct {
			Embedded struct {
				Customers []struct {
					ID int64 `json:"id"`
				} `json:"customers"`
			} `json:"_embedded"`
			Page page `json:"page"`
		}
		query := url.Values{"query": {`(email:"` + address + `")`}, "page": {strconv.Itoa(number)}}
		if _, err := h.call(ctx, c, provider.Request{Method: http.MethodGet, URL: "/v2/customers?" + query.Encode(), Into: &list}); err != nil {
			return nil, err
		}
		for _, customer := range list.Embedded.Customers {
			ids = append(ids, customer.ID)
		}
		if number >= list.Page.TotalPages {
			return ids, nil
		}
	}
}
