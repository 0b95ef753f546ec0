// What Customer.io's own client sends for the same things that our adapter does.
// Arguments: the address of the fake, and what to say, as JSON.
import { APIClient, SendEmailRequest, TrackClient } from 'customerio-node'

const [base, input] = process.argv.slice(2)
const say = JSON.parse(input)
const track = new TrackClient('site', 'track', { url: base + '/api/v1', retry: { maxRetries: 0 } })
const app = new APIClient('app', { url: base + '/v1', retry: { maxRetries: 0 } })

await track.identify(say.ref, say.person)
await track.track(say.ref, say.event)
const sent = await app.sendEmail(new SendEmailRequest(say.message))
await track.destroy(say.ref)
await track.suppress(say.ref)
const suppressed = await track.track(say.ref, { name: 'x' }).then(() => 'accepted', e => e.constructor.name)
const stranger = await new TrackClient('site', 'wrong', { url: base + '/api/v1', retry: { maxRetries: 0 } }).identify(say.ref, say.person)
  .then(() => 'accepted', e => e.statusCode)
console.log(JSON.stringify({ sent: typeof sent.delivery_id, suppressed, stranger }))
