// What FusionAuth's own client sends for the same things that our adapter does.
// Arguments: the address of the fake, and what to say, as JSON.
import { FusionAuthClient } from '@fusionauth/typescript-client'

const [base, input] = process.argv.slice(2)
const say = JSON.parse(input)
const client = new FusionAuthClient('key', base, say.tenant)
const codes = e => Object.values(e.exception?.fieldErrors ?? {}).flat().map(p => p.code).join(' ') || String(e.statusCode)

await client.createUser(say.user, { sendSetPasswordEmail: true, skipVerification: false, user: { email: say.email, fullName: say.name } })
const twice = await client.createUser(say.user, { sendSetPasswordEmail: true, user: { email: say.email } }).then(() => 'accepted', codes)
const found = (await client.retrieveUser(say.user)).response.user
const registration = { registration: { applicationId: say.application, roles: [say.role] } }
await client.register(say.user, registration)
const again = await client.register(say.user, registration).then(() => 'accepted', codes)
await client.patchRegistration(say.user, { registration: { applicationId: say.application, roles: [say.next] } })
await client.patchUser(say.user, { user: { email: say.email, fullName: say.rename } })
await client.deactivateUser(say.user)
const off = (await client.retrieveUser(say.user)).response.user.active
await client.reactivateUser(say.user)
const on = (await client.retrieveUser(say.user)).response.user
const application = (await client.retrieveApplication(say.application)).response.application.id === say.application
const keys = (await client.retrieveJsonWebKeySet()).response.keys.length
console.log(JSON.stringify({ twice, email: found.email, again, off, on: on.active, name: on.fullName, roles: on.registrations[0].roles, application, keys }))
