// Signs a message as Stripe does, and says whether it takes a signature for
// Stripe's. Arguments: secret, message, seconds, and a header to verify.
import Stripe from 'stripe'

const [secret, payload, seconds, header] = process.argv.slice(2)
const stripe = new Stripe('sk_test_none')
let verified = false
try {
  verified = stripe.webhooks.constructEvent(payload, header, secret).id === JSON.parse(payload).id
} catch {}
console.log(JSON.stringify({ header: stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: Number(seconds) }), verified }))
