// Speaks to the server under test as its users do: node check.mjs URL.
// Prints one line per check; exits 1 when one fails.
import assert from 'node:assert/strict'
import { createClient as createSSE } from 'graphql-sse'
import { createClient as createWS } from 'graphql-ws'
import WebSocket from 'ws'

const url = process.argv[2]
const socketURL = url.replace('http', 'ws')

function collect(client, query) {
  return new Promise((resolve, reject) => {
    const results = []
    client.subscribe({ query }, { next: (r) => results.push(r), error: reject, complete: () => resolve(results) })
  })
}

// A client that connects at once and reports how its socket closes.
function closing(connectionParams) {
  return new Promise((resolve) => {
    createWS({
      url: socketURL, webSocketImpl: WebSocket, lazy: false, retryAttempts: 0, connectionParams,
      onNonLazyError: () => {}, on: { closed: resolve },
    })
  })
}

const counted = [1, 2, 3].map((count) => ({ data: { count } }))
const good = { Authorization: 'Bearer good' }

const checks = {
  async 'graphql-sse subscription'(sse) {
    assert.deepEqual(await collect(sse, 'subscription{count}'), counted)
  },
  async 'graphql-sse query'(sse) {
    assert.deepEqual(await collect(sse, '{hello}'), [{ data: { hello: 'hi' } }])
  },
  async 'graphql-sse validation error'(sse) {
    const [result] = await collect(sse, '{nope}')
    assert.equal(result.errors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED')
  },
  async 'graphql-ws subscription'(_, ws) {
    assert.deepEqual(await collect(ws, 'subscription{count}'), counted)
  },
  async 'graphql-ws query and mutation'(_, ws) {
    assert.deepEqual(await collect(ws, '{hello}'), [{ data: { hello: 'hi' } }])
    assert.deepEqual(await collect(ws, 'mutation{touch}'), [{ data: { touch: 'hi' } }])
  },
  async 'graphql-ws validation error'(_, ws) {
    await assert.rejects(collect(ws, '{nope}'), (errors) => errors[0].extensions.code === 'GRAPHQL_VALIDATION_FAILED')
  },
  async 'graphql-ws error in the midst of a subscription'(_, ws) {
    await assert.rejects(collect(ws, 'subscription{failing}'), (errors) => errors[0].extensions.code === 'UNAVAILABLE')
  },
  async 'graphql-ws many at once'(_, ws) {
    const all = await Promise.all(Array.from({ length: 15 }, () => collect(ws, 'subscription{count}')))
    for (const results of all) assert.deepEqual(results, counted)
  },
  async 'graphql-ws wrong token'() {
    const event = await closing({ Authorization: 'Bearer wrong' })
    assert.equal(event.code, 4401)
  },
}

const sse = createSSE({ url })
const ws = createWS({ url: socketURL, webSocketImpl: WebSocket, connectionParams: good, retryAttempts: 0 })
let failed = 0
for (const [name, check] of Object.entries(checks)) {
  try {
    await check(sse, ws)
    console.log(`ok ${name}`)
  } catch (e) {
    failed++
    console.log(`FAILED ${name}: ${e?.stack ?? JSON.stringify(e)}`)
  }
}
sse.dispose()
await ws.dispose()
process.exit(failed ? 1 : 0)
