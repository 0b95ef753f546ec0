// What Recurly's own client sends for the same things that our adapter does.
// Arguments: the address of the fake, and what to say, as JSON.
import recurly from 'recurly'
import testing from 'recurly/lib/testing.js'

const [base, input] = process.argv.slice(2)
const say = JSON.parse(input)

class Elsewhere extends testing.HttpAdapter {
  async execute (method, url, headers, body) {
    const answer = await fetch(url.replace('https://v3.recurly.com', base), { method, headers, body: body ?? undefined })
    return new testing.HttpResponse(answer.status, Object.fromEntries(answer.headers), await answer.text())
  }
}

const client = new recurly.Client('key', { httpAdapter: new Elsewhere() })
const account = { company: say.name, email: say.email, address: say.address }
const code = 'code-' + say.code

await client.getAccount(code).then(() => { throw new Error('there is an account already') }, () => {})
await client.createAccount({ code: say.code, ...account })
await client.updateAccount(code, account)
const bought = await client.createPurchase({
  currency: say.currency,
  account: { code: say.code, ...account },
  collectionMethod: 'manual',
  poNumber: say.invoice,
  netTerms: say.days,
  lineItems: say.lines.map(line => ({ currency: say.currency, unitAmount: line.amount, type: 'charge', quantity: 1, description: line.text }))
})
const id = bought.chargeInvoice.id
const invoice = await client.getInvoice('number-' + bought.chargeInvoice.number)
let listed = 0
for await (const each of client.listAccountInvoices(code, { params: { limit: 200, order: 'asc', sort: 'created_at', beginTime: new Date(0) } }).each()) {
  if (each.poNumber === say.invoice) listed++
}
const paid = await client.recordExternalTransaction(id, { paymentMethod: 'other', amount: invoice.balance, description: say.invoice })
const transaction = await client.getTransaction(paid.id)
const after = await client.getInvoice(id)
const second = await client.createPurchase({
  currency: say.currency, account: { code: say.code }, collectionMethod: 'manual', netTerms: 0,
  lineItems: [{ currency: say.currency, unitAmount: 1, type: 'charge', quantity: 1 }]
})
const failed = await client.markInvoiceFailed(second.chargeInvoice.id)
const refused = await client.markInvoiceFailed(id).then(() => 'accepted', e => e.constructor.name)
console.log(JSON.stringify({ listed, state: after.state, balance: after.balance, transaction: transaction.status, failed: failed.state, refused }))
