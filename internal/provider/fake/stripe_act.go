package fake

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// Hook is where a studio listens to a stand-in, and what messages to it are
// signed with.
type Hook struct{ URL, Secret string }

// Listen has the studio whose id is in metadata.tenant_ref told of what happens
// to its invoices.
func (s *Stripe) Listen(tenant string, h Hook) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks[tenant] = h
}

// act lets a family do something with an invoice, from the page of the stand-in
// or by a form: act is pay, decline, refund or dispute, and invoice our
// reference.
func (s *Stripe) act(w http.ResponseWriter, r *http.Request) {
	ref := r.PostFormValue("invoice")
	tenant, due, paid := s.standing(ref)
	var h Happened
	switch act := r.PostFormValue("act"); {
	case act == "pay" && due > 0:
		h = s.Pay(ref, due)
	case act == "decline" && due > 0:
		h = s.Decline(ref, due)
	case act == "refund" && paid > 0:
		h = s.Refund(ref, paid)
	case act == "dispute" && paid > 0:
		h = s.Dispute(ref, "needs_response")
	default:
		http.Error(w, "nothing of the kind can be done with this invoice", http.StatusConflict)
		return
	}
	s.mu.Lock()
	hook, listens := s.hooks[tenant]
	s.mu.Unlock()
	if listens {
		if err := hook.send(r.Context(), s.now(), h); err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// send delivers a message as Stripe signs it.
func (h Hook) send(ctx context.Context, now time.Time, what Happened) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	body, err := json.Marshal(what.Body)
	if err != nil {
		return err
	}
	mac := hmac.New(sha256.New, []byte(h.Secret))
	fmt.Fprintf(mac, "%d.%s", now.Unix(), body)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Stripe-Signature", fmt.Sprintf("t=%d,v1=%s", now.Unix(), hex.EncodeToString(mac.Sum(nil))))
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the webhook was answered %s", answer.Status)
	}
	return nil
}

// standing tells whose invoice it is and what of it is due and paid.
func (s *Stripe) standing(ref string) (tenant string, due, paid int64) {
	s.customer(ref, func(_ *account, invoice object) Happened {
		tenant, _ = invoice["metadata"].(object)["tenant_ref"].(string)
		paid = int64(toInt(invoice["amount_paid"]))
		if invoice["status"] == "open" {
			due = int64(toInt(invoice["amount_due"])) - paid
		}
		return Happened{}
	})
	return tenant, due, paid
}

// acts are what the page offers.
func (s *Stripe) acts() []offer {
	var offers []offer
	for _, a := range s.accounts {
		for _, invoice := range a.invoices {
			ref, _ := invoice["metadata"].(object)["invoice_ref"].(string)
			switch {
			case ref == "":
			case invoice["status"] == "open":
				offers = append(offers, offer{"pay", ref}, offer{"decline", ref})
			case toInt(invoice["amount_paid"]) > 0:
				offers = append(offers, offer{"refund", ref}, offer{"dispute", ref})
			}
		}
	}
	return offers
}
