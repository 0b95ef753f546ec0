package fake

import (
	"fmt"
	"net/http"
)

// Listen has the studio whose id is in metadata.tenant_ref told of what happens
// to its invoices.
func (s *Stripe) Listen(h Hook) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks[h.Tenant] = h
}

// done lets a family pay, decline, refund or dispute the invoice that has our
// reference.
func (s *Stripe) done(act, ref string) *message {
	tenant, due, paid := s.standing(ref)
	var h Happened
	switch {
	case act == "pay" && due > 0:
		h = s.Pay(ref, due)
	case act == "decline" && due > 0:
		h = s.Decline(ref, due)
	case act == "refund" && paid > 0:
		h = s.Refund(ref, paid)
	case act == "dispute" && paid > 0:
		h = s.Dispute(ref, "needs_response")
	default:
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	told := &message{body: h.Body}
	if hook, listens := s.hooks[tenant]; listens {
		told.to = &hook
	}
	return told
}

// signed signs a message as Stripe does.
func (s *Stripe) signed(r *http.Request, secret string, body []byte) {
	at := s.now().Unix()
	r.Header.Set("Stripe-Signature", fmt.Sprintf("t=%d,v1=%s", at, hexMAC(secret, fmt.Sprintf("%d.%s", at, body))))
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
