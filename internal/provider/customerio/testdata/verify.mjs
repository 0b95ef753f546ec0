// Says whether Customer.io's client takes a signature for Customer.io's.
// Arguments: signing key, seconds, body, signature.
import { verifyRequestSignature } from 'customerio-node'

const [signingSecret, timestamp, body, signature] = process.argv.slice(2)
let verified = false
try {
  verified = verifyRequestSignature({ signingSecret, timestamp: Number(timestamp), body, signature })
} catch {}
console.log(verified)
